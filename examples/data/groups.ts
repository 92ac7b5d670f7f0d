import type { DirectoryName, OrganisationUser } from "../accept/organisation.ts";

/** A group and who belongs to it. */
export interface GroupPlan {
  readonly displayName: string;
  readonly directory: DirectoryName;
  /** Whether the user belongs; `index` is the user's place in the organisation. */
  readonly has: (user: OrganisationUser, index: number) => boolean;
  /** The most members it takes, in the organisation's order; all unless given. */
  readonly most?: number;
}

const from = (locality: string) => (user: OrganisationUser) => user.address?.locality === locality;
const division = (name: string) => (user: OrganisationUser) => user.division === name;
const team = (divisionName: string, name: string) => (user: OrganisationUser) =>
  user.division === divisionName && user.department === name;
const person = (user: OrganisationUser) => user.userType !== "Service";
const leads = (user: OrganisationUser) => /^(Head|Team Lead|VP|Chief|Director|General)/.test(user.title ?? "");
/** Every `step`th user, beginning with `first`: chosen by hand in a real company, by counting in this one. */
const every = (step: number, first: number) => (user: OrganisationUser, index: number) =>
  person(user) && index % step === first;

/** 30 groups, from nobody to 300 members. */
export const GROUPS: readonly GroupPlan[] = [
  { displayName: "Company newsletter", directory: "entra", has: (user) => person(user) && user.active, most: 300 },
  { displayName: "Engineering", directory: "entra", has: division("Engineering") },
  { displayName: "Research & Development", directory: "okta", has: division("Research & Development") },
  { displayName: "Production", directory: "entra", has: division("Production") },
  { displayName: "Sales – EMEA", directory: "entra", has: team("Sales", "EMEA") },
  { displayName: "Sales – Americas", directory: "okta", has: team("Sales", "Americas") },
  { displayName: "Sales – Asia-Pacific", directory: "okta", has: team("Sales", "Asia-Pacific") },
  { displayName: "Customer Care", directory: "okta", has: division("Customer Care") },
  { displayName: "Marketing, Brand & Events", directory: "okta", has: division("Marketing") },
  { displayName: "Finance", directory: "entra", has: division("Finance") },
  { displayName: "People & Culture", directory: "entra", has: division("People & Culture") },
  { displayName: "IT & Security", directory: "entra", has: division("IT & Security") },
  { displayName: "Legal, Compliance, Privacy", directory: "entra", has: division("Legal") },
  { displayName: "Skrifstofa Reykjavík", directory: "entra", has: from("Reykjavík") },
  { displayName: "Biuro Kraków", directory: "entra", has: from("Kraków") },
  { displayName: "Bureau de Paris (rue de l'Étalon)", directory: "entra", has: from("Paris") },
  { displayName: "東京オフィス", directory: "okta", has: from("東京都") },
  { displayName: "서울 사무소", directory: "okta", has: from("서울") },
  { displayName: "Văn phòng Hà Nội", directory: "okta", has: from("Hà Nội") },
  { displayName: "上海办公室", directory: "okta", has: from("上海市") },
  { displayName: "مكتب القاهرة", directory: "okta", has: from("القاهرة") },
  { displayName: "Escritório de São Paulo", directory: "okta", has: from("São Paulo") },
  { displayName: "All managers", directory: "entra", has: leads },
  { displayName: "Service accounts", directory: "entra", has: (user) => user.userType === "Service" },
  { displayName: "VPN users", directory: "okta", has: (user, index) => user.active && index % 5 < 2, most: 180 },
  { displayName: 'The "Friday" lunch club', directory: "entra", has: every(23, 4) },
  { displayName: "O'Neill project team", directory: "okta", has: every(31, 7) },
  { displayName: "Works council / Betriebsrat", directory: "entra", has: every(97, 12), most: 5 },
  {
    displayName: "M&A <confidential>; board only",
    directory: "okta",
    has: (user) => /^Chief/.test(user.title ?? ""),
    most: 1,
  },
  { displayName: "Reserved for 2027", directory: "okta", has: () => false },
];
