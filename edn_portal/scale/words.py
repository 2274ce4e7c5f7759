"""The words that made-up titles and follow-ups are put together from. They name no real person or agency; titles say "ficticio"."""

from itertools import product
from random import Random

VERBS = ("Digitalizar", "Publicar", "Interconectar", "Simplificar", "Modernizar", "Integrar", "Abrir", "Certificar")
THINGS = (
    "los trámites", "los datos abiertos", "los servicios", "los registros", "las ventanillas", "los expedientes",
    "los pagos", "las consultas", "los padrones", "las licencias", "los indicadores", "las notificaciones",
)  # fmt: skip
WHERE = (
    "de salud", "de educación", "de energía", "de transporte", "de vivienda", "de cultura", "de empleo", "del campo",
    "del agua", "de comercio", "de turismo", "de justicia", "de seguridad social", "de ciencia", "de pesca",
)  # fmt: skip
TASKS = (
    "Elaborar el diagnóstico", "Contratar la infraestructura", "Desarrollar el sistema", "Capacitar al personal",
    "Publicar la normatividad", "Migrar la información", "Realizar las pruebas", "Poner en operación el servicio",
)  # fmt: skip
DONE = (
    "Se concluyó la revisión con las áreas usuarias.", "Se publicaron los conjuntos de datos del periodo.",
    "Se firmó el convenio y comenzó la instalación.", "Se capacitó al personal de las oficinas regionales.",
    "Se integró el servicio con la ventanilla única.", "Se recibió el dictamen favorable del área jurídica.",
    "Se terminó la etapa de pruebas sin incidentes mayores.", "Se actualizó el inventario de trámites.",
)  # fmt: skip
NEXT = (
    "Publicar el avance en el portal institucional.", "Iniciar la siguiente etapa con el proveedor.",
    "Presentar el resultado al comité.", "Extender el servicio a las entidades del sector.", "",
)  # fmt: skip
OBSTACLES = (
    "La suficiencia presupuestal está en trámite.", "El proveedor entregó con retraso.",
    "Falta la respuesta de otra dependencia.", "La licitación se declaró desierta.",
)  # fmt: skip
COMMENTS = (
    "Falta la evidencia de lo que se reporta.", "El avance no corresponde con el entregable.",
    "Precise qué parte queda pendiente.",
)  # fmt: skip
REASONS = (
    "La licitación tomó más tiempo del previsto.", "El presupuesto se autorizó después de lo programado.",
    "Depende de un sistema de otra dependencia.",
)  # fmt: skip


# Stems and endings make the words of the field, most of which no text has twice.
STEMS = (
    "acredit", "administr", "afili", "agrup", "alert", "archiv", "articul", "asegur", "audit", "autentic", "autoriz", "bitacor",
    "calibr", "canaliz", "capacit", "captur", "catalog", "categor", "censal", "certific", "cifr", "clasific", "coloc", "compar",
    "compil", "concert", "conect", "configur", "consign", "consolid", "constat", "contrat", "convoc", "coordin", "cotej",
    "credencial", "cuantific", "custod", "dator", "declar", "deleg", "deposit", "deriv", "diagnostic", "dictamin", "digital",
    "distribu", "document", "ejecut", "elabor", "emplaz", "encript", "enlaz", "entreg", "equip", "escal", "especific", "estandar",
    "estructur", "evalu", "expedi", "explot", "export", "factur", "financi", "fiscal", "formaliz", "gestion", "habilit",
    "homolog", "identific", "implant", "import", "incorpor", "indexa", "inform", "inspec", "instal", "integr", "inter", "inventari",
    "licit", "liquid", "local", "mantenim", "mapea", "matricul", "mejor", "migra", "model", "monitor", "norm", "notific",
    "oper", "optim", "orden", "orient", "padron", "particip", "planific", "ponder", "portab", "precis", "prepar", "present",
    "proces", "program", "protec", "proyect", "public", "racional", "radic", "recab", "recaud", "recepcion", "recolec", "redis",
    "referenci", "registr", "regul", "rehabilit", "remit", "renov", "respald", "restaur", "retorn", "revalid", "salvaguard",
    "segment", "seguim", "simplific", "sincron", "sistem", "solicit", "supervis", "tabul", "tarif", "telem", "tipific", "traduc",
    "tramit", "transfer", "transmis", "transport", "trazab", "tribut", "turn", "unific", "valid", "valor", "verific", "vincul",
)  # fmt: skip
ENDINGS = (
    "ación", "aciones", "ador", "adora", "adores", "ado", "adas", "able", "ables", "ario", "arios", "atorio", "ancia", "ante",
    "antes", "aje", "ajes", "amiento", "amientos", "atura", "ativo", "ativos", "ería", "erías", "ístico", "ística", "ólogo",
    "ología", "icidad", "ización", "izador", "izado", "ible", "ivo", "ivas", "oria", "orio", "ura", "uras", "idad", "ismo", "ista",
)  # fmt: skip
FINDINGS = [
    "Se entregó lo prometido, según las pruebas aceptadas.",
    "Se entregó una parte; lo demás no consta en las pruebas.",
    "No consta que se haya entregado lo prometido.",
]
VOCABULARY = ["".join(parts) for parts in product(STEMS, ENDINGS)]
Random("vocabulary").shuffle(VOCABULARY)  # noqa: S311 - the same each time


def word(rng: Random) -> str:
    """The one in place r of `VOCABULARY` is drawn in proportion to 1/r: some are everywhere, most are rare (Zipf)."""
    return VOCABULARY[int(len(VOCABULARY) ** rng.random()) - 1]


def commitment_title(rng: Random, number: int) -> str:
    named = f"{rng.choice(VERBS)} {rng.choice(THINGS)} {rng.choice(WHERE)}"
    return f"{named}: {word(rng)} y {word(rng)} (ficticio {number})"


def task_title(rng: Random, number: int) -> str:
    return f"{rng.choice(TASKS)} {rng.choice(WHERE)}: {word(rng)}, parte {number} (ficticia)"


def project_title(rng: Random, number: int) -> str:
    return f"Programa {rng.choice(WHERE)} {number} (ficticio)"


def done(rng: Random) -> str:
    """What a follow-up says was done: some sixteen words."""
    return f"{rng.choice(DONE)} Se atendieron {word(rng)}, {word(rng)} y {word(rng)}; queda {word(rng)}."
