"""Every address of the site. Spanish at `/`, English under `/en/`."""


urlpatterns: list = []
