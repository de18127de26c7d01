"""All routes, in the order in which they are described."""

from __future__ import annotations

from lintel.device.api import (
    access,
    config,
    exports,
    history,
    images,
    live,
    person,
    privacy,
    recordings,
    setup,
    system,
)
from lintel.device.api.route import AnyRoute

ROUTES: tuple[AnyRoute, ...] = (
    *access.ROUTES,
    *live.ROUTES,
    *history.ROUTES,
    *exports.ROUTES,
    *config.ROUTES,
    *setup.ROUTES,
    *images.ROUTES,
    *privacy.ROUTES,
    *person.ROUTES,
    *recordings.ROUTES,
    *system.ROUTES,
)
