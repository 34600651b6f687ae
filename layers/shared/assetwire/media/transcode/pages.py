"""The pages of a document as pictures on white: no form is filled, and no script run."""

from pathlib import Path

from assetwire.domain.transcode_plan import PageTask
from assetwire.media.drawings import page_of
from assetwire.media.encoding import save


def write_page(master: Path, task: PageTask, *, out: Path) -> None:
    """Draw a page of a PDF, as large as fits within the longest edge.

    Raises:
        Undecodable: there is no such page, or it has no size.
    """
    save(page_of(master, task.page, width=task.longest_edge, height=task.longest_edge), out, task.encoding)
