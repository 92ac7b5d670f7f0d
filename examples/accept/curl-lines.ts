/** Quotes for a POSIX shell: an apostrophe ends the quotes, is escaped, and begins them again. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Where a SCIM server is, and a token for it. */
export interface Server {
  readonly baseUrl: string;
  readonly token: string;
}

/** Requests to try, ready to be pasted into a shell: to the source, and one to the application that it is pushed to. */
export function curlLines(source: Server, application: Server): string[] {
  const colleague = "grace.o'malley@halden.example.com";
  const newUser = {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
    userName: colleague,
    name: { givenName: "Gráinne", familyName: "Ní Mháille" },
  };
  return [
    "# what the server can do",
    curl(source, "/ServiceProviderConfig"),
    "# a person, by user name",
    search(source, "/Users", `filter=userName eq "sean.o'connor@halden.example.com"`),
    "# who has left",
    search(source, "/Users", "filter=active eq false", "attributes=userName,displayName", "count=5"),
    "# the team in Tokyo",
    search(source, "/Groups", 'filter=displayName eq "東京オフィス"'),
    "# a new colleague",
    curl(
      source,
      "/Users",
      ...["-H", shellQuote("Content-Type: application/scim+json"), "-d", shellQuote(JSON.stringify(newUser))],
    ),
    "# the new colleague in the application",
    search(application, "/Users", `filter=userName eq "${colleague}"`),
  ];
}

function curl({ baseUrl, token }: Server, path: string, ...rest: string[]): string {
  const authorization = shellQuote(`Authorization: Bearer ${token}`);
  return ["curl -sS", "-H", authorization, ...rest, shellQuote(`${baseUrl}${path}`)].join(" ");
}

function search(server: Server, path: string, ...parameters: string[]): string {
  return curl(server, path, "-G", ...parameters.map((parameter) => `--data-urlencode ${shellQuote(parameter)}`));
}
