// A client in a process of its own: for each task it is sent it makes so many requests over sixteen connections and sees
// to it that each is answered rightly.
import { Agent, type IncomingMessage, request } from "node:http";
import { newPerson, type Person } from "./people.ts";

const CONNECTIONS = 16;
const HEADERS = { authorization: "Bearer bench", "content-type": "application/scim+json" };

/** What to do. */
export interface Task {
  readonly operation: Operation;
  readonly port: number;
  /** How many requests. */
  readonly count: number;
}

export type Operation = "GET by id" | "GET by filter" | "PATCH" | "POST";

type Answer = { readonly status: number; readonly body: Record<string, unknown> };

const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
let made = 10_000;

function send(port: number, method: string, path: string, body?: object): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const req = request({ agent, host: "127.0.0.1", port, method, path: `/scim/v2${path}`, headers: HEADERS }, read);
    req.on("error", reject);
    req.end(text);
    function read(res: IncomingMessage): void {
      let answered = "";
      res.setEncoding("utf8");
      res.on("data", (chunk: string) => {
        answered += chunk;
      });
      res.on("end", () => {
        resolve({ status: res.statusCode ?? 0, body: answered === "" ? {} : JSON.parse(answered) });
      });
    }
  });
}

const mail = (index: number): string => newPerson(index).userName;
const byName = (index: number): string => `/Users?filter=${encodeURIComponent(`userName eq "${mail(index)}"`)}`;

async function idOf(port: number, index: number): Promise<string> {
  const { body } = await send(port, "GET", byName(index));
  const [found] = (body.Resources ?? []) as Person[];
  if (found === undefined) throw new Error(`The server on ${port} does not find ${index}`);
  return found.id;
}

/** One request, and whether its answer is right. */
type Shot = (number: number) => Promise<boolean>;

async function shotOf({ operation, port }: Task): Promise<Shot> {
  const ids = await Promise.all(Array.from({ length: 50 }, (_, index) => idOf(port, index)));
  const some = (number: number): string => ids[number % ids.length] ?? "";
  switch (operation) {
    case "GET by id":
      return async (number) => {
        const { status, body } = await send(port, "GET", `/Users/${some(number)}`);
        return status === 200 && body.id === some(number);
      };
    case "GET by filter":
      return async (number) => {
        const { status, body } = await send(port, "GET", byName(number % 1_000));
        return status === 200 && body.totalResults === 1;
      };
    case "PATCH":
      return async (number) => {
        const Operations = [{ op: "replace", path: "displayName", value: `Name ${number}` }];
        const schemas = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"];
        const { status, body } = await send(port, "PATCH", `/Users/${some(number)}`, { schemas, Operations });
        return status === 200 && typeof body.id === "string";
      };
    case "POST":
      return async () => {
        made += 1;
        const user = newPerson(made);
        const { status, body } = await send(port, "POST", "/Users", user);
        return status === 201 && body.userName === user.userName;
      };
  }
}

async function run(task: Task): Promise<void> {
  const shoot = await shotOf(task);
  process.send?.("ready");
  await new Promise((resolve) => process.once("message", resolve));
  let begun = 0;
  const worker = async (): Promise<void> => {
    while (begun < task.count) {
      begun += 1;
      if (!(await shoot(begun))) throw new Error(`Wrong answer to ${task.operation}`);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
}

process.on("message", async (message: Task | "go") => {
  if (message === "go") return;
  await run(message);
  process.send?.("done");
});
process.on("disconnect", () => process.exit());
