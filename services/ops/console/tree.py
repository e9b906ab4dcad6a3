"""A story as a tree on the terminal, and as JSON for scripts."""

from typing import Any

from rich.text import Text
from rich.tree import Tree

from services.ops.console.chapters import Chapter, chapters_of
from services.ops.console.gathering import Story
from services.ops.console.wording import clock


def tree_of(story: Story) -> Tree:
    """The story as a tree: chapters, passages, reasons."""
    subjects = sorted({note.subject for note in story.notes if "/" in note.subject})
    root = Tree(Text(", ".join(subjects) or story.reference, style="bold"))
    for chapter in chapters_of(story):
        _add(root, chapter)
    return root


def _add(root: Tree, chapter: Chapter) -> None:
    branch = root.add(Text(chapter.title, style="bold cyan"))
    for passage in chapter.passages:
        line = Text.assemble((clock(passage.at), "dim"), "  ", passage.what)
        twig = branch.add(line)
        for why in passage.why:
            twig.add(Text(why, style="italic"))


def story_as_json(story: Story) -> dict[str, Any]:
    """The story with every event whole, and its chapters in words."""
    return {
        "reference": story.reference,
        "events": [
            {
                "id": str(note.event_id),
                "type": note.topic,
                "time": note.time.isoformat(),
                "subject": note.subject,
                "correlationid": str(note.correlation_id),
                "causationid": None if note.causation_id is None else str(note.causation_id),
                "data": note.body,
            }
            for note in story.notes
        ],
        "chapters": [
            {
                "title": chapter.title,
                "passages": [
                    {"at": each.at.isoformat(), "what": each.what, "why": list(each.why)}
                    for each in chapter.passages
                ],
            }
            for chapter in chapters_of(story)
        ],
        "clocks": [
            {"service": c.service, "topic": c.topic, "at": c.at.isoformat()} for c in story.clocks
        ],
        "parked": [
            {"service": h.service, "topic": h.topic, "key": h.key, "reason": h.reason}
            for h in story.parked
        ],
    }
