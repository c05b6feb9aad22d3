"""The words that generated projects are made of."""

# One project in three says this in its title or its summary, so that a search for it has very many hits.
COMMON_WORD = "training"
# One project in 2,000 says this in its title.
RARE_WORD = "kelp"
RARE_SUBJECT = ("kelp farming", "el cultivo de kelp", "fisheries")

ACTIVITIES = (
    "Exchange of experience on",
    "Technical cooperation in",
    "Expert missions on",
    "Strengthening capacities in",
    "Joint research on",
    "Regional workshop on",
    "Policy dialogue on",
    "Pilot project on",
    "Scholarships in",
    "Study visits on",
    "Institutional strengthening in",
    "Knowledge sharing on",
    "Peer learning on",
    "Advisory services on",
    "Cooperation network for",
    "Roadmap for",
    "Feasibility study on",
    "Transfer of good practices in",
)
TRAINING_ACTIVITIES = (
    "Training course on",
    "Training of trainers in",
    "Third-country training programme on",
    "Vocational training in",
    "On-site training in",
    "Training for officials in",
)

# subject, in Spanish, code of its theme
SUBJECTS = (
    ("maternal and child health", "la salud materno-infantil", "health"),
    ("human milk banks", "los bancos de leche humana", "health"),
    ("vector-borne diseases", "las enfermedades transmitidas por vectores", "health"),
    ("community health care", "la atención comunitaria de la salud", "health"),
    ("small-scale irrigation", "el riego en pequeña escala", "agriculture"),
    ("cassava and root crops", "la yuca y las raíces comestibles", "agriculture"),
    ("coffee and cocoa quality", "la calidad del café y del cacao", "agriculture"),
    ("tropical livestock", "la ganadería tropical", "agriculture"),
    ("rice seed systems", "los sistemas de semillas de arroz", "food-security"),
    ("school meals", "la alimentación escolar", "food-security"),
    ("soil conservation", "la conservación de suelos", "environment"),
    ("mangrove restoration", "la restauración de manglares", "environment"),
    ("protected areas", "las áreas protegidas", "environment"),
    ("climate adaptation planning", "la planificación de la adaptación climática", "climate"),
    ("greenhouse gas inventories", "los inventarios de gases de efecto invernadero", "climate"),
    ("early warning of tsunamis", "la alerta temprana de tsunamis", "disaster-risk-reduction"),
    ("earthquake-resistant building", "la construcción sismorresistente", "disaster-risk-reduction"),
    ("cyclone shelters", "los refugios contra ciclones", "disaster-risk-reduction"),
    ("drinking water in rural areas", "el agua potable rural", "water"),
    ("river basin management", "la gestión de cuencas", "water"),
    ("waste water treatment", "el tratamiento de aguas residuales", "water"),
    ("tuna fisheries statistics", "las estadísticas de la pesca del atún", "fisheries"),
    ("aquaculture of tilapia", "la acuicultura de tilapia", "fisheries"),
    ("seaweed value chains", "las cadenas de valor de las algas", "oceans"),
    ("marine spatial planning", "la planificación espacial marina", "oceans"),
    ("off-grid solar energy", "la energía solar aislada", "energy"),
    ("geothermal exploration", "la exploración geotérmica", "energy"),
    ("energy efficiency of buildings", "la eficiencia energética de los edificios", "energy"),
    ("teacher education", "la formación docente", "education"),
    ("bilingual intercultural education", "la educación intercultural bilingüe", "education"),
    ("technical schools", "las escuelas técnicas", "vocational-training"),
    ("women entrepreneurs", "las mujeres emprendedoras", "gender"),
    ("prevention of violence against women", "la prevención de la violencia contra las mujeres", "gender"),
    ("digital government services", "los servicios digitales del Estado", "digital"),
    ("electronic invoicing", "la facturación electrónica", "digital-trade"),
    ("single windows for trade", "las ventanillas únicas de comercio", "trade-facilitation"),
    ("export promotion", "la promoción de exportaciones", "trade"),
    ("small enterprises", "las pequeñas empresas", "msme"),
    ("financial inclusion", "la inclusión financiera", "finance"),
    ("public procurement", "las compras públicas", "governance"),
    ("tax administration", "la administración tributaria", "governance"),
    ("municipal planning", "la planificación municipal", "urban"),
    ("bus rapid transit", "el transporte público rápido", "transport"),
    ("rural roads", "los caminos rurales", "infrastructure"),
    ("household surveys", "las encuestas de hogares", "statistics"),
    ("population censuses", "los censos de población", "statistics"),
    ("conditional cash transfers", "las transferencias condicionadas", "poverty"),
    ("care for persons with disabilities", "la atención a personas con discapacidad", "social-inclusion"),
    ("community tourism", "el turismo comunitario", "tourism"),
    ("protection of cultural heritage", "la protección del patrimonio cultural", "culture"),
    ("satellite remote sensing", "la teledetección satelital", "science-technology"),
    ("biotechnology laboratories", "los laboratorios de biotecnología", "science-technology"),
    ("youth employment", "el empleo juvenil", "youth"),
    ("labour migration", "la migración laboral", "migration"),
    ("indigenous knowledge", "los conocimientos indígenas", "indigenous-peoples"),
    ("metrology and standards", "la metrología y las normas", "standards"),
)
SPANISH_ACTIVITIES = (
    "Fortalecimiento de capacidades en",
    "Intercambio de experiencias sobre",
    "Cooperación técnica en",
    "Asistencia técnica para",
    "Proyecto piloto sobre",
    "Seminario regional sobre",
)

AUDIENCES = (
    "local authorities",
    "health workers",
    "smallholder farmers",
    "young professionals",
    "civil servants",
    "women’s cooperatives",
    "researchers and universities",
    "coastal communities",
    "national statistical offices",
    "primary school teachers",
)
RESULTS = (
    "A manual was written and given to all partners.",
    "The second phase extends the work to three more provinces.",
    "A joint committee follows the work twice a year.",
    "The equipment was handed over at the end of the first year.",
    "An evaluation found that two of the three results were reached.",
    "The partners share the costs; travel is paid by the receiving side.",
    "What was learnt is being used in the national plan.",
    "The experts came from four institutions and stayed for two weeks each.",
)
BODIES = (
    "Ministry of Health",
    "Ministry of Agriculture",
    "Ministry of Education",
    "Ministry of Environment",
    "National Institute of Statistics",
    "National University",
    "Chamber of Commerce",
    "Institute of Marine Research",
    "Civil Defence Office",
    "Association of Municipalities",
)
INTERNATIONAL_BODIES = (
    "UNDP",
    "FAO",
    "UNICEF",
    "World Food Programme",
    "International Committee of the Red Cross",
    "Caribbean Development Fund for Youth",
    "Pacific Network of Universities",
    "Latin American Faculty of Social Sciences",
)

# Those that take part most often, the most frequent first; all other countries of the two regions follow.
FREQUENT_COUNTRIES = (
    *("THA", "CHN", "BRA", "IND", "MEX", "IDN", "CHL", "COL", "ARG", "CUB", "KOR", "PER", "SGP", "MYS", "ECU", "VNM"),
    *("CRI", "URY", "PHL", "FJI", "BOL", "GTM", "HND", "DOM", "SLV", "PRY", "JPN", "KHM", "LAO", "MMR", "BGD", "LKA"),
)
CURRENCIES = ("USD", "USD", "USD", "USD", "EUR", "THB", "CNY", "BRL", "JPY", "KRW")
