/** Quotes for a POSIX shell: an apostrophe ends the quotes, stands alone, and opens them again. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Requests to try, ready to be pasted into a shell. */
export function curlLines(baseUrl: string, token: string): string[] {
  const curl = (path: string, ...rest: string[]): string =>
    ["curl -sS", "-H", shellQuote(`Authorization: Bearer ${token}`), ...rest, shellQuote(`${baseUrl}${path}`)].join(
      " ",
    );
  const search = (path: string, ...parameters: string[]): string =>
    curl(path, "-G", ...parameters.map((parameter) => `--data-urlencode ${shellQuote(parameter)}`));
  const newUser = {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
    userName: "grace.o'malley@halden.example.com",
    name: { givenName: "Gráinne", familyName: "Ní Mháille" },
  };
  return [
    "# what the server can do",
    curl("/ServiceProviderConfig"),
    "# a person, by user name",
    search("/Users", `filter=userName eq "sean.o'connor@halden.example.com"`),
    "# who has left",
    search("/Users", "filter=active eq false", "attributes=userName,displayName", "count=5"),
    "# the team in Tokyo",
    search("/Groups", 'filter=displayName eq "東京オフィス"'),
    "# a new colleague",
    curl("/Users", "-H", shellQuote("Content-Type: application/scim+json"), "-d", shellQuote(JSON.stringify(newUser))),
  ];
}
