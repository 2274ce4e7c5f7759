"""Addresses of the strategy's board, projects, commitments, tasks, follow-ups and reviews.

One list per audience. Where two would match, the first wins: fixed words (`nuevo/`) come before `<slug:code>/`.
"""

from .urls_coordination import coordination_urls
from .urls_public import public_urls
from .urls_reminders import reminder_urls
from .urls_work import work_urls

app_name = "projects"
urlpatterns = [*coordination_urls, *reminder_urls, *work_urls, *public_urls]
