"""The WSGI application, for granian or any other server: ``granian --interface wsgi wsgi:app``."""

import os

from config import load
from forum import create_app

app = create_app(load(os.environ))
