"""Who may do what with a record."""

from cooperation.models import PublicationStatus, Record


def is_public(record):
    """Whether the public sees the record as it is stored. What cannot be a draft, such as a theme, it always sees."""
    if record.pk is None:
        return False
    published = getattr(type(record)._default_manager, "published", None)
    return published is None or published().filter(pk=record.pk).exists()


def may_change_directly(user, record):
    """Whether a change by this user is made at once; else it waits beside the record until somebody accepts it."""
    return not is_public(record) or user.has_perm("cooperation.publish_record")


def may_be_deleted(record):
    """Not what the public has ever seen: that is withdrawn, and its address goes on saying so."""
    if not isinstance(record, Record):
        return True
    never_public = (PublicationStatus.DRAFT, PublicationStatus.IN_REVIEW)
    past = type(record).history.model.objects.filter(id=record.pk)
    return record.publication_status in never_public and not past.exclude(publication_status__in=never_public).exists()
