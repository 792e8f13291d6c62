"""Projects as people lay them out: each made by ``django-admin`` or by hand, none of them knows the harness."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from verification.tests.suite.gate_runs import environment

MODEL: Final = """
from django.db import models


class Product(models.Model):
    name = models.CharField(max_length=100)
    price = models.DecimalField(max_digits=8, decimal_places=2)
"""
SECOND_MIGRATION: Final = """
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [
        migrations.AlterField("product", "name", models.CharField(max_length=100, unique=True)),
        migrations.RenameField("product", "price", "cost"),
        migrations.RenameModel("product", "article"),
    ]
"""
HEALTH: Final = """
from django.http import HttpResponse, JsonResponse
from django.urls import path


def health(request):
    return JsonResponse({"status": "healthy"})


urlpatterns = [path("health/", health), path("", lambda request: HttpResponse("shop"))]
"""
CELERY: Final = """
from celery import Celery

app = Celery("mysite")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
"""


def django_admin(folder: Path, *words: str) -> None:
    """Run ``django-admin`` in a folder."""
    command = [sys.executable, "-m", "django", *words]
    subprocess.run(command, cwd=folder, env=environment(), check=True, capture_output=True, text=True)


def edit(file: Path, *changes: tuple[str, str]) -> None:
    """Replace texts that must be there."""
    text = file.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, f"{file}: {old}"
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")


def append(file: Path, text: str) -> None:
    """Add text to the end of a file."""
    with file.open("a", encoding="utf-8") as opened:
        opened.write(text)


def start_project(root: Path, name: str = "mysite") -> Path:
    """Make what the tutorial makes: a project and an app with a model; return the project's package."""
    root.mkdir(parents=True, exist_ok=True)
    django_admin(root, "startproject", name, ".")
    add_app(root, root / name / "settings.py", "shop")
    return root / name


def add_app(folder: Path, settings: Path, name: str, label: str = "") -> None:
    """Make an app with a model and its first migration."""
    django_admin(folder, "startapp", name)
    (folder / name / "models.py").write_text(MODEL, encoding="utf-8")
    edit(settings, ("INSTALLED_APPS = [", f"INSTALLED_APPS = [\n    '{label or name}',"))
    manage = next(
        place / "manage.py" for place in (folder, *folder.parents) if (place / "manage.py").is_file()
    )
    command = [sys.executable, str(manage), "makemigrations", name, "-v0"]
    subprocess.run(command, cwd=manage.parent, env=environment(), check=True, capture_output=True, text=True)


def plain(root: Path) -> None:
    """As in Django's tutorial."""
    start_project(root)


def with_celery_and_health(root: Path) -> None:
    """Two migrations, the second with names that models alone would not give, a Celery application, a health view."""
    package = start_project(root)
    changes = (("max_length=100", "max_length=100, unique=True"), ("price", "cost"), ("Product", "Article"))
    edit(root / "shop/models.py", *changes)
    (root / "shop/migrations/0002_names.py").write_text(SECOND_MIGRATION, encoding="utf-8")
    (package / "celery.py").write_text(CELERY, encoding="utf-8")
    (package / "__init__.py").write_text("from .celery import app as celery_app\n", encoding="utf-8")
    (package / "urls.py").write_text(HEALTH, encoding="utf-8")


def on_uvicorn(root: Path) -> None:
    """A health view that is asynchronous, started by uvicorn."""
    package = start_project(root)
    (package / "urls.py").write_text(HEALTH.replace("def health", "async def health"), encoding="utf-8")
    (root / "Procfile").write_text("web: uvicorn mysite.asgi:application\n", encoding="utf-8")


def on_granian(root: Path) -> None:
    """ASGI alone, on granian."""
    package = start_project(root)
    (package / "urls.py").write_text(HEALTH, encoding="utf-8")
    (package / "wsgi.py").unlink()
    edit(package / "settings.py", ("WSGI_APPLICATION = 'mysite.wsgi.application'", ""))
    (root / "Dockerfile").write_text('CMD ["granian", "--interface", "asgi", "mysite.asgi:application"]\n')


def in_src(root: Path) -> None:
    """Everything below ``src/``, the README and pyproject.toml above."""
    start_project(root / "src")
    (root / "README.md").write_text("# Shop\n", encoding="utf-8")
    (root / "pyproject.toml").write_text(
        '[project]\nname = "shop"  # ours\nversion = "1"\n', encoding="utf-8"
    )


def settings_package(root: Path) -> None:
    """``mysite/settings/base.py`` and ``production.py``; manage.py names the latter."""
    package = start_project(root)
    (package / "settings").mkdir()
    edit(package / "settings.py", (".parent.parent", ".parent.parent.parent"))
    shutil.move(package / "settings.py", package / "settings/base.py")
    (package / "settings/__init__.py").write_text("", encoding="utf-8")
    production = "import os\nfrom .base import *\nSECRET_KEY = os.environ['SHOP_SECRET_KEY']\nDEBUG = False\n"
    production += (
        "if len(SECRET_KEY) < 50:\n    raise ValueError('SHOP_SECRET_KEY: too short')\n"  # as Django's check
    )
    (package / "settings/production.py").write_text(production, encoding="utf-8")
    for file in (root / "manage.py", package / "wsgi.py", package / "asgi.py"):
        edit(file, ("mysite.settings", "mysite.settings.production"))


def config_package(root: Path) -> None:
    """As cookiecutter-django: ``config/settings``, apps below ``shop_project`` that manage.py adds to the path."""
    root.mkdir(parents=True, exist_ok=True)
    django_admin(root, "startproject", "config", ".")
    apps = root / "shop_project"
    apps.mkdir()
    line = "sys.path.append(os.path.join({}, 'shop_project'))\n"
    folder = "os.path.dirname(os.path.abspath(__file__))"
    edit(root / "manage.py", ("    execute_from", f"    {line.format(folder)}    execute_from"))
    for file in ("wsgi.py", "asgi.py"):
        above = line.format(f"os.path.dirname({folder})")
        edit(
            root / "config" / file,
            ("import os\n", "import os\nimport sys\n"),
            ("application = ", f"{above}application = "),
        )
    add_app(apps, root / "config/settings.py", "shop")


def several_apps(root: Path) -> None:
    """Three apps below ``apps``, one of them without models."""
    package = start_project(root)
    (root / "apps").mkdir()
    (root / "apps/__init__.py").write_text("", encoding="utf-8")
    for name in ("stock", "orders", "pages"):
        django_admin(root, "startapp", name)
        shutil.move(root / name, root / "apps" / name)
        edit(root / f"apps/{name}/apps.py", (f"name = '{name}'", f"name = 'apps.{name}'"))
        edit(package / "settings.py", ("INSTALLED_APPS = [", f"INSTALLED_APPS = [\n    'apps.{name}',"))
    for name in ("stock", "orders"):
        (root / f"apps/{name}/models.py").write_text(MODEL, encoding="utf-8")
    manage(root, "makemigrations", "-v0")


def custom_user(root: Path) -> None:
    """A user model of its own, with a join table to groups."""
    package = start_project(root)
    model = "from django.contrib.auth.models import AbstractUser\n\n\nclass User(AbstractUser):\n    pass\n"
    (root / "shop/models.py").write_text(model, encoding="utf-8")
    shutil.rmtree(root / "shop/migrations")
    (root / "shop/migrations").mkdir()
    (root / "shop/migrations/__init__.py").write_text("", encoding="utf-8")
    append(package / "settings.py", "\nAUTH_USER_MODEL = 'shop.User'\n")
    manage(root, "makemigrations", "shop", "-v0")


def postgres_by_name(root: Path) -> None:
    """A database of PostgreSQL with OPTIONS, named in the settings themselves."""
    package = start_project(root)
    entry = (
        "\nDATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'shop', 'USER': 'shop',\n"
        "    'HOST': 'db.internal', 'CONN_MAX_AGE': 60, 'OPTIONS': {'sslmode': 'require', 'connect_timeout': 3}}}\n"
    )
    append(package / "settings.py", entry)


def database_url(root: Path) -> None:
    """dj-database-url by hand: DATABASE_URL, without which the settings do not load."""
    package = start_project(root)
    text = (
        "\nimport os\nfrom urllib.parse import urlsplit\n_url = urlsplit(os.environ['DATABASE_URL'])\n"
        "DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'NAME': _url.path[1:],\n"
        "    'USER': _url.username, 'PASSWORD': _url.password, 'HOST': _url.hostname, 'PORT': _url.port}}\n"
        "SECRET_KEY = os.environ['SECRET_KEY']\nALLOWED_HOSTS = os.environ['ALLOWED_HOSTS'].split(',')\n"
        "PAGE_SIZE = int(os.environ['SHOP_PAGE_LENGTH'])\n"
    )
    append(package / "settings.py", text)


def two_databases(root: Path) -> None:
    """A second alias with a router, both files of SQLite."""
    package = start_project(root)
    router = (
        "class Router:\n    def allow_migrate(self, db, app_label, **hints):\n"
        "        return (db == 'stock') == (app_label == 'shop')\n"
        "    def db_for_read(self, model, **hints):\n"
        "        return 'stock' if model._meta.app_label == 'shop' else 'default'\n    db_for_write = db_for_read\n"
    )
    (package / "routers.py").write_text(router, encoding="utf-8")
    append(
        package / "settings.py",
        "\nDATABASES['stock'] = {'ENGINE': 'django.db.backends.sqlite3', 'NAME': BASE_DIR / 'stock.sqlite3',\n"
        "    'OPTIONS': {'timeout': 20}}\nDATABASE_ROUTERS = ['mysite.routers.Router']\n",
    )


def without_wsgi_setting(root: Path) -> None:
    """No WSGI_APPLICATION, no README; a health view that needs its database, which is no health path for probes."""
    package = start_project(root)
    edit(package / "settings.py", ("WSGI_APPLICATION = 'mysite.wsgi.application'", ""))
    view = "def health(request):\n    from shop.models import Product\n    Product.objects.count()\n"
    (package / "urls.py").write_text(HEALTH.replace("def health(request):\n", view), encoding="utf-8")


def manage(root: Path, *words: str) -> None:
    """Run manage.py."""
    command = [sys.executable, "manage.py", *words]
    subprocess.run(command, cwd=root, env=environment(), check=True, capture_output=True, text=True)


LAYOUTS: Final[Mapping[str, Callable[[Path], None]]] = {
    each.__name__: each
    for each in (
        plain, with_celery_and_health, on_uvicorn, on_granian, in_src, settings_package, config_package, several_apps,
        custom_user, postgres_by_name, database_url, two_databases, without_wsgi_setting,
    )
}  # fmt: skip
