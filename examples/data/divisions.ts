/** What people do. The first of a division leads it, the first of a team leads the team. */
export interface Division {
  readonly name: string;
  readonly costCenter: string;
  /** How often it comes up when people are placed. */
  readonly weight: number;
  readonly head: string;
  readonly teams: readonly string[];
  readonly titles: readonly string[];
}

export const DIVISIONS: readonly Division[] = [
  {
    name: "Engineering",
    costCenter: "CC-1000",
    weight: 22,
    head: "VP Engineering",
    teams: ["Firmware", "Cloud Platform", "Mobile & Desktop", "Mechanical Design", "Quality"],
    titles: [
      "Software Engineer",
      "Senior Software Engineer",
      "Staff Engineer",
      "Test Engineer",
      "Electronics Engineer",
      "Ingénieure qualité",
    ],
  },
  {
    name: "Research & Development",
    costCenter: "CC-1100",
    weight: 10,
    head: "Chief Scientist",
    teams: ["Optics", "Metrology", "Signal Processing"],
    titles: ["Research Scientist", "Lab Technician", "Principal Scientist", "研究員"],
  },
  {
    name: "Production",
    costCenter: "CC-2000",
    weight: 18,
    head: "Director of Production",
    teams: ["Assembly", "Calibration", "Logistics"],
    titles: ["Production Worker", "Shift Supervisor", "Calibration Technician", "Warehouse Clerk"],
  },
  {
    name: "Sales",
    costCenter: "CC-3000",
    weight: 16,
    head: "Chief Revenue Officer",
    teams: ["EMEA", "Americas", "Asia-Pacific"],
    titles: ["Account Manager", "Sales Engineer", "Key Account Manager", "Sales Assistant"],
  },
  {
    name: "Customer Care",
    costCenter: "CC-3100",
    weight: 12,
    head: "Director of Customer Care",
    teams: ["Support Desk", "Field Service"],
    titles: ["Support Specialist", "Field Service Engineer", "Customer Success Manager"],
  },
  {
    name: "Marketing",
    costCenter: "CC-3200",
    weight: 6,
    head: "Chief Marketing Officer",
    teams: ["Brand", "Events"],
    titles: ["Marketing Manager", "Copywriter", "Event Manager"],
  },
  {
    name: "Finance",
    costCenter: "CC-4000",
    weight: 6,
    head: "Chief Financial Officer",
    teams: ["Accounting", "Controlling"],
    titles: ["Accountant", "Controller", "Payroll Specialist"],
  },
  {
    name: "People & Culture",
    costCenter: "CC-4100",
    weight: 4,
    head: "Chief People Officer",
    teams: ["Recruiting", "HR Operations"],
    titles: ["Recruiter", "HR Business Partner"],
  },
  {
    name: "IT & Security",
    costCenter: "CC-4200",
    weight: 6,
    head: "Chief Information Officer",
    teams: ["Workplace", "Identity & Access", "Security"],
    titles: ["System Administrator", "Security Analyst", "Identity Engineer"],
  },
  {
    name: "Legal",
    costCenter: "CC-4300",
    weight: 2,
    head: "General Counsel",
    teams: ["Contracts"],
    titles: ["Legal Counsel", "Paralegal"],
  },
];

/** Accounts that no person uses. */
export const SERVICE_ACCOUNTS: readonly {
  readonly login: string;
  readonly displayName: string;
  readonly directory: "entra" | "okta";
}[] = [
  { login: "svc-backup", displayName: "Backup service", directory: "entra" },
  { login: "svc-build", displayName: "Build pipeline (CI/CD)", directory: "entra" },
  { login: "svc-scanner.london", displayName: "Scanner, 2nd floor, London", directory: "entra" },
  { login: "svc-erp", displayName: 'ERP "Kontor" interface', directory: "entra" },
  { login: "meetingroom.dublin", displayName: "Meeting room Dublin – Liffey", directory: "entra" },
  { login: "svc+monitoring", displayName: "Monitoring", directory: "okta" },
  { login: "svc+payroll", displayName: "Payroll export", directory: "okta" },
  { login: "svc+print", displayName: "Print & scan", directory: "okta" },
  { login: "kiosk-accra", displayName: "Kiosk Accra", directory: "okta" },
  { login: "svc+telemetry", displayName: "Telemetry/ingest", directory: "okta" },
  { login: "svc+line1", displayName: "組立ライン1", directory: "okta" },
  { login: "svc+helpdesk", displayName: "Helpdesk bot", directory: "okta" },
];
