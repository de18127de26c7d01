"""Checks a device against its promises, from outside and from within; passed, failed or unknown."""

from __future__ import annotations

from lintel.device.self_audit.audit import AuditSettings, audit

__all__ = ["AuditSettings", "audit"]
