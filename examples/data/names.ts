/**
 * Names by language, made up by hand: who could work where. A name that is not written in Latin letters carries its
 * romanised form, from which user names are made: "山田|Yamada".
 */
export interface NameList {
  /** Given names, separated by spaces. An underscore is a space within a name. */
  readonly given: string;
  readonly family: string;
  /** Whether the family name is written first, and whether a space stands between the two. */
  readonly order: "given family" | "family given" | "familygiven";
}

export const NAMES = {
  english: {
    given:
      "Oliver Amelia Harry Isla Jack Florence Thomas Freya William Poppy Edward Beatrice Callum Harriet Rhys Cerys Euan Morag Mary-Jane John_Paul",
    family:
      "Smith Jones Taylor Brown Wright Whitfield Ashworth Pemberton-Hayes Lloyd-Davies Okafor MacDonald Campbell St._John Clarke Fox Li",
    order: "given family",
  },
  irish: {
    given: "Aoife Ciarán Sinéad Pádraig Niamh Seán Róisín Oisín Caoimhe Tadhg Gráinne Eoin Órla Donncha",
    family: "O'Neill O'Connor O'Sullivan Murphy Kelly Walsh Byrne McCarthy Fitzgerald O'Dowd FitzPatrick-O'Shea",
    order: "given family",
  },
  irishWomen: {
    given: "Bláthnaid Síle Máirín Éabha",
    family: "Ní_Dhomhnaill Ní_Bhriain Nic_Giolla_Phádraig",
    order: "given family",
  },
  icelandicWomen: {
    given: "Guðrún Sigríður Ásta Hrafnhildur Þórdís Birna Ólöf",
    family: "Jónsdóttir Þorsteinsdóttir Sigurðardóttir Ólafsdóttir Hallgrímsdóttir Ægisdóttir",
    order: "given family",
  },
  icelandicMen: {
    given: "Jón Þór Björn Halldór Ólafur Ævar Magnús",
    family: "Jónsson Guðmundsson Björnsson Ægisson Þórðarson Hallgrímsson",
    order: "given family",
  },
  swedish: {
    given: "Åsa Björn Märta Göran Linnéa Håkan Elin Sören Agnes Örjan Ebba Nils-Erik",
    family: "Åkesson Öberg Lindström Sjögren Bergström Nyström Ångström Hedlund Söderberg af_Klercker",
    order: "given family",
  },
  polishWomen: {
    given: "Małgorzata Agnieszka Zofia Bożena Jadwiga Żaneta",
    family: "Szczęsna Dąbrowska Gołębiewska Święcicka Nowak-Kozłowska Błaszczyk Wójcik",
    order: "given family",
  },
  polishMen: {
    given: "Łukasz Paweł Wojciech Michał Stanisław Kazimierz",
    family: "Wiśniewski Wójcik Kowalczyk Zieliński Błaszczyk Żuk Łoś Święcicki",
    order: "given family",
  },
  french: {
    given: "Élodie François Chloé Jean-Baptiste Anaïs Benoît Océane Loïc Hélène Gaëtan Noémie Maël",
    family: "Lefèvre Dubois d'Estaing L'Hôpital Côté Beauséjour De_La_Tour Müller Châtelain N'Guessan Dupré Garçon",
    order: "given family",
  },
  german: {
    given: "Jürgen Käthe Björn Änne Günther Zoë Hans-Peter Ulrike Sören Annegret Rüdiger Vroni",
    family:
      "Müller Groß Weiß Schäfer Jäger Löwenstein von_der_Heide Straßburger Krüger Meyer-Lüdenscheidt Özdemir Böhm",
    order: "given family",
  },
  italian: {
    given: "Niccolò Chiara Lorenzo Giulia Dario Beatrice Nicolò Francesca Ettore Ludovica",
    family: "D'Angelo Dell'Acqua Rossi De_Luca Esposito Cantù Lo_Presti D'Amico Nicolosi Forlì",
    order: "given family",
  },
  portuguese: {
    given: "João Conceição Antônio Luíza José Inês Vinícius Tainá Sebastião Flávia Caíque Letícia",
    family: "Gonçalves Araújo da_Silva dos_Santos Magalhães Guimarães Conceição Nóbrega Simões Leitão d'Ávila Sá",
    order: "given family",
  },
  turkish: {
    given: "Işıl Çağlar Gülşen İbrahim Ömer Şebnem Tuğba Ünal Ilgın Doğukan",
    family: "Yılmaz Öztürk Şahin Çelik Aydın Güneş Kılıç Iğdır Toprak İnönü",
    order: "given family",
  },
  czechWomen: {
    given: "Božena Eliška Růžena Žofie",
    family: "Procházková Novotná Šťastná Žižková Dvořáková",
    order: "given family",
  },
  czechMen: {
    given: "Jiří Ondřej Vojtěch Matěj Přemysl",
    family: "Dvořák Říha Kučera Žižka Čapek",
    order: "given family",
  },
  greek: {
    given: "Ελένη|Eleni Γιώργος|Giorgos Αθηνά|Athina Νίκος|Nikos Σοφία|Sofia Ιωάννης|Ioannis",
    family:
      "Οικονόμου|Oikonomou Γεωργίου|Georgiou Βασιλείου|Vasileiou Νικολάου|Nikolaou Αθανασίου|Athanasiou Ιωάννου|Ioannou",
    order: "given family",
  },
  ukrainian: {
    given: "Олександр|Oleksandr Ганна|Hanna Їжакевич|Yizhak Соломія|Solomiia Євген|Yevhen Лук'ян|Lukian",
    family: "Шевченко|Shevchenko Ковальчук|Kovalchuk Їжак|Yizhak Прокоп'єв|Prokopiev Щербак|Shcherbak Ґудзь|Gudz",
    order: "given family",
  },
  arabic: {
    given:
      "محمد|Mohamed فاطمة|Fatma أحمد|Ahmed نور|Nour يوسف|Youssef مريم|Mariam عبد_الرحمن|Abdelrahman هبة|Heba خالد|Khaled ليلى|Layla",
    family: "المصري|Elmasry عبد_الله|Abdallah حسن|Hassan الشريف|Elsherif منصور|Mansour إبراهيم|Ibrahim النجار|Elnaggar",
    order: "given family",
  },
  akan: {
    given: "Kwame Akosua Kofi Ama Yaw Efua Kojo Abena Kwabena Adwoa Nana_Yaa Ɛsi|Esi",
    family: "Osei Mensah Owusu Boateng Asante Agyemang Ɔforiwaa|Oforiwaa Nkrumah-Addo Adjei Sarpong",
    order: "given family",
  },
  hindi: {
    given: "Ananya Arjun Priyanka Rohan Kavita Vikram Lakshmi Siddharth Meera अनिता|Anita देव|Dev",
    family: "Iyer Sharma Chatterjee Patel Krishnamurthy Reddy Banerjee Singh वर्मा|Verma Subramaniam",
    order: "given family",
  },
  vietnamese: {
    given: "Văn_Anh Thị_Hương Minh_Đức Thùy_Linh Quốc_Bảo Ngọc_Ánh Hữu_Phước Thị_Mỹ_Duyên Đình_Trọng Kiều_Oanh",
    family: "Nguyễn Trần Lê Phạm Hoàng Huỳnh Võ Đặng Bùi Đỗ",
    order: "family given",
  },
  japanese: {
    given:
      "太郎|Taro 花子|Hanako 健一|Kenichi さくら|Sakura 翔太|Shota 美咲|Misaki 陽菜|Hina 大輔|Daisuke 結衣|Yui 誠|Makoto",
    family:
      "佐藤|Sato 鈴木|Suzuki 高橋|Takahashi 田中|Tanaka 渡辺|Watanabe 髙田|Takada 伊藤|Ito 山﨑|Yamazaki 𠮷野|Yoshino",
    order: "family given",
  },
  korean: {
    given: "민준|Minjun 서연|Seoyeon 지훈|Jihun 하은|Haeun 도윤|Doyun 수아|Sua 현우|Hyeonu 지우|Jiu",
    family: "김|Kim 이|Lee 박|Park 최|Choi 정|Jeong 강|Kang 남궁|Namgung",
    order: "familygiven",
  },
  chinese: {
    given: "伟|Wei 秀英|Xiuying 娜|Na 建国|Jianguo 芳|Fang 志强|Zhiqiang 丽|Li 晓明|Xiaoming 婷婷|Tingting 浩然|Haoran",
    family: "王|Wang 李|Li 张|Zhang 刘|Liu 陈|Chen 杨|Yang 欧阳|Ouyang 司马|Sima",
    order: "familygiven",
  },
  american: {
    given:
      "Emma Liam Olivia Noah Ava Ethan Sophia Mason Isabella Logan Mia Jacob Charlotte Tyrone DeShawn La'Keisha Michael Mary_Ann",
    family:
      "Johnson Williams Miller Davis Garcia Rodriguez Martinez-Cruz Wilson O'Hara Goldstein Nguyen Lee Washington D'Souza Peña",
    order: "given family",
  },
  hawaiian: {
    given: "Kaʻiulani|Kaiulani Keʻala|Keala Leilani Nāinoa|Nainoa",
    family: "Kahananui Kealoha Kāneʻohe|Kaneohe Nāone|Naone",
    order: "given family",
  },
} as const satisfies Record<string, NameList>;

export type Language = keyof typeof NAMES;

/** People who go by one name. */
export const SINGLE_NAMES = ["Sukarti", "Thiri", "Wulandari", "Björk", "Tenzin", "ခင်|Khin"];
