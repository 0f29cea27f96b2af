"""What only the database finds unreadable in the address of a staff list is refused in words, too."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests import factories


@pytest.mark.usefixtures("database_clone")
def test_an_expression_that_is_none_is_refused() -> None:
    client = factories.signed_in(factories.staff(is_superuser=True))
    page = client.get(f"{reverse('admin:procrastinate_procrastinatejob_changelist')}?task_name__regex=((")
    assert (page.status_code, page.headers["X-Problem-Code"]) == (400, "VALIDATION_ERROR")
