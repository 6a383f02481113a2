"""All page families of the desk."""

from flask import Blueprint

from advocacy.web.desk import (
    blasts,
    campaigns,
    enter,
    imports,
    launch,
    letters,
    me,
    phrasings,
    rehearsal,
    results,
    review,
    rules,
    sending_domain,
    settings,
    stall,
    supporters,
    today,
    updates,
    words,
    writing,
)

PAGES: tuple[Blueprint, ...] = (
    words.bp,
    enter.bp,
    today.bp,
    updates.bp,
    review.bp,
    launch.bp,
    letters.bp,
    phrasings.bp,
    stall.bp,
    results.bp,
    rehearsal.bp,
    writing.bp,
    campaigns.bp,
    blasts.bp,
    imports.bp,
    supporters.bp,
    settings.bp,
    me.bp,
    rules.bp,
    sending_domain.bp,
)
