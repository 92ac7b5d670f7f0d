import type { AdoptableAccount, AdoptionOptions, AdoptionRequest, SourceOptions } from "scimkit/source";
import { memoryStorage } from "scimkit/storage";
import type { DirectoryUser } from "../../src/directory/objects.ts";
import type { DeliveryContext, SavedObject } from "../../src/source/delivery/source-directory.ts";
import type { Answered } from "./scim-app.ts";
import { createSourceApp, RecordingDirectory, type SourceApp } from "./source-app.ts";

export const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/** An account of an application, which was there before any identity provider came. */
export interface TestAccount {
  tenant: string;
  login: string;
  email?: string;
  externalId?: string;
  employeeNumber?: string;
  active: boolean;
  title?: string;
  password: string;
  scimId?: string;
}

/** An application with accounts of its own, under ids of its own. */
export class AccountsOfApplication extends RecordingDirectory {
  readonly accounts: Map<string, TestAccount> = new Map();
  private made = 0;

  add(id: string, account: Partial<TestAccount>): this {
    this.accounts.set(id, { tenant: "acme", login: id, active: true, password: "secret", ...account });
    return this;
  }

  override async saveUser(user: DirectoryUser, context: DeliveryContext): Promise<SavedObject> {
    const saved = await super.saveUser(user, context);
    const id = context.applicationId ?? [...this.accounts].find(([, { scimId }]) => scimId === user.id)?.[0];
    if (id === undefined) this.made += 1;
    const own = id ?? `made ${this.made}`;
    const { password = this.accounts.get(own)?.password ?? "" } = context;
    this.accounts.set(own, {
      ...{ tenant: "acme", ...this.accounts.get(own), scimId: user.id, password },
      ...{ login: String(user.userName), active: user.active === true, title: user.title as string | undefined },
      email: (user.emails as { value: string }[] | undefined)?.[0]?.value,
    });
    return saved ?? { id: own };
  }

  override async removeUser(id: string, context: DeliveryContext): Promise<void> {
    await super.removeUser(id, context);
    for (const [own, { scimId }] of this.accounts) if (scimId === id) this.accounts.delete(own);
  }

  /** The account with a value, for a rule. */
  find(
    by: "externalId" | "employeeNumber",
    { [by]: value }: Pick<AdoptionRequest, "externalId" | "employeeNumber">,
  ): AdoptableAccount | undefined {
    const found = [...this.accounts].find(([, account]) => value !== undefined && account[by] === value);
    return found && this.shown(found[0], { by });
  }

  /** An account as a rule returns it. */
  shown(id: string, evidence: AdoptableAccount["evidence"]): AdoptableAccount {
    const { tenant, login, email, externalId, employeeNumber, active } = this.accounts.get(id) as TestAccount;
    const emails = email === undefined ? undefined : [{ value: email, primary: true }];
    const attributes = { userName: login, emails, externalId, active, [ENTERPRISE]: { employeeNumber } };
    return { id, tenant, evidence, attributes };
  }
}

export interface AdoptingApp extends SourceApp {
  readonly directory: AccountsOfApplication;
  /** Creates a user. */
  post(attributes: object): Promise<Answered>;
}

/** A source that adopts accounts of the customer "acme" by their employee numbers, unless `adopt` says otherwise. */
export async function createAdoptingApp(
  directory: AccountsOfApplication,
  options: Partial<Omit<SourceOptions, "adopt">> & { adopt?: Partial<AdoptionOptions> } = {},
): Promise<AdoptingApp> {
  const find: AdoptionOptions["find"] = (request) => directory.find("employeeNumber", request);
  const app = await createSourceApp({
    ...{ storage: memoryStorage(), timer: false, ...options, directory },
    adopt: { tenant: "acme", find, ...options.adopt },
  });
  return { ...app, directory, post: (attributes) => app.send("POST", "/Users", userWith(attributes)) };
}

/** The body of a user. `employeeNumber` is one of the extension. */
export function userWith({ employeeNumber, ...attributes }: { employeeNumber?: string }): object {
  const schemas = ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE];
  return { schemas, ...attributes, [ENTERPRISE]: { employeeNumber } };
}
