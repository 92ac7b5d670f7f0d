import { readdir, readFile } from "node:fs/promises";

/** The licences of packages that are bundled, as they ask to be kept with every copy. */
export async function thirdPartyLicenses(packages: readonly string[]): Promise<string> {
  const parts = packages.map(async (name) => {
    const folder = `node_modules/${name}`;
    const { version }: { version: string } = JSON.parse(await readFile(`${folder}/package.json`, "utf8"));
    const license = (await readdir(folder)).find((file) => /^licen[cs]e(\.\w+)?$/i.test(file));
    if (license === undefined) throw new Error(`${name} has no licence file`);
    return `${name} ${version}\n\n${(await readFile(`${folder}/${license}`, "utf8")).trim()}\n`;
  });
  return `Parts of these packages are contained in the files of this folder.\n\n${(await Promise.all(parts)).join(`\n${"-".repeat(80)}\n\n`)}`;
}
