"""The words that made-up titles and follow-ups are put together from. They name no real person or agency; titles say "ficticio"."""

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


def commitment_title(rng: Random, number: int) -> str:
    return f"{rng.choice(VERBS)} {rng.choice(THINGS)} {rng.choice(WHERE)} (ficticio {number})"


def task_title(rng: Random, number: int) -> str:
    return f"{rng.choice(TASKS)} {rng.choice(WHERE)}, parte {number} (ficticia)"


def project_title(rng: Random, number: int) -> str:
    return f"Programa {rng.choice(WHERE)} {number} (ficticio)"
