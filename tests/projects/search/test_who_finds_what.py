"""A search finds what the pages of its reader show, and nothing else that anybody typed anywhere."""

from projects.models import FollowUp, Task
from projects.search import documents
from projects.search.asking import KINDS, found_of, found_of_each_kind, terms_of
from tests.cast import EVERYBODY
from tests.test_markup import TOLD, stage, text_columns, typed

# By hand, on purpose: the columns whose words are found.
FOUND = {
    "Agency.acronym", "Agency.name", "Commitment.note", "Commitment.title", "FollowUp.done", "FollowUp.next_step",
    "FollowUp.obstacle", "Principle.short_en", "Principle.short_es", "Principle.title_en", "Principle.title_es",
    "Project.note", "Project.title", "Task.deliverable", "Task.title",
}  # fmt: skip


def test_every_word_that_somebody_typed_is_found_by_whom_it_is_for(cast):
    stage(cast)
    documents.remake()  # principles are loaded, some agencies made without a verb
    columns = {*text_columns(), *TOLD}
    assert len(columns) > 90
    for person in ("anonymous", "coordinator"):
        found = {
            column for column in columns
            if any(part.rows for part in found_of_each_kind(terms_of(f'"{column}"'), cast[person], 1))
        }  # fmt: skip
        assert found == FOUND, person
    for person in EVERYBODY:
        user = cast[person]

        def codes(column, kind, user=user):
            return {row.code for row in found_of(terms_of(f'"{column}"'), kind, user).rows}

        tasks = Task.objects.visible_to(user).filter(title=typed("Task.title"))
        assert codes("Task.title", "task") == set(tasks.values_list("code", flat=True)), person
        follow_ups = FollowUp.objects.visible_to(cast["anonymous"]).filter(done__startswith=typed("FollowUp.done"))
        assert codes("FollowUp.done", "follow-up") == set(follow_ups.values_list("code", flat=True)), person
    assert {len(codes("Task.title", "task", cast[name])) for name in ("anonymous", "coordinator")} == {
        len(codes("Task.title", "task", cast["anonymous"])), len(codes("Task.title", "task", cast["anonymous"])) + 1,
    }, "there is a proposal"  # fmt: skip
    assert [part.kind for part in found_of_each_kind(terms_of("x"), cast["anonymous"])] == list(KINDS)
