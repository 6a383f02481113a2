"""Who may do what on the desk, as one table."""

from enum import StrEnum


class OrganiserRole(StrEnum):
    OWNER = "owner"
    ORGANISER = "organiser"
    VIEWER = "viewer"


class Permission(StrEnum):
    READ = "read"
    EDIT = "edit"
    LAUNCH = "launch"
    SEND = "send"
    SUPPORTERS = "supporters"
    EXPORT = "export"
    SETTINGS = "settings"


_TABLE = {
    OrganiserRole.VIEWER: {Permission.READ},
    OrganiserRole.ORGANISER: {
        Permission.READ,
        Permission.EDIT,
        Permission.LAUNCH,
        Permission.SEND,
        Permission.SUPPORTERS,
    },
    OrganiserRole.OWNER: set(Permission),
}


def may(role: OrganiserRole, permission: Permission) -> bool:
    return permission in _TABLE[role]
