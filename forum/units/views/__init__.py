"""People and units: rosters, offices, activation slips, the tree of units."""

from flask import Blueprint

bp = Blueprint("units", __name__)

from forum.units.views import people, rosters, slips, tree, village_facts  # noqa: E402, F401 - they hang their routes on bp
