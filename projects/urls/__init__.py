"""Addresses of the strategy's pages, one list for each audience.

Where two match, the first wins: fixed words (`nuevo/`) come before `<slug:code>/`.
"""

from projects.urls.coordination import coordination_urls
from projects.urls.public import public_urls
from projects.urls.reminders import reminder_urls
from projects.urls.reports import report_urls
from projects.urls.work import work_urls

app_name = "projects"
urlpatterns = [*coordination_urls, *report_urls, *reminder_urls, *work_urls, *public_urls]
