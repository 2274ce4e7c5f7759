"""Charts: where each piece stands, and that what they show can be read without seeing them."""

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from django.utils.translation import override

from focalpoints.pages.charts import (
    AXIS,
    LABEL,
    LEAST_WIDTH,
    MOST_STEPS,
    TOP,
    Segment,
    Series,
    share,
    side_by_side,
    stacked,
    steps,
)
from focalpoints.pages.rows import rendered
from focalpoints.templatetags.edn import STATUS_SHAPES

LONG = "x" * 300


def bar(*counts, word="atrasados", url="/compromisos/?light=late"):
    return stacked(Segment(key, count, word, url) for key, count in zip(STATUS_SHAPES, counts, strict=False))


def html_of(name, **facts):
    with override("en"):
        return rendered(f"charts/{name}.jinja", **facts)


def stacked_html(chart, title="By light", small=False):
    return html_of("stacked", bar=chart, title=title, unit="Commitments", column="Light", small=small)


class Text(HTMLParser):
    """The text of all elements with this name."""

    def __init__(self, html, name):
        super().__init__()
        self.name, self.inside, self.found = name, False, []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if tag == self.name:
            self.inside = True
            self.found.append("")

    def handle_endtag(self, tag):
        self.inside = self.inside and tag != self.name

    def handle_data(self, data):
        if self.inside:
            self.found[-1] += data


@pytest.mark.parametrize(
    "counts",
    [(1,), (5, 2, 1), (0, 7, 0), (1, 20_000, 3), (1, 1, 1), (1,) * 14, (10**9, 1) * 7, tuple(range(14))],
)
def test_the_pieces_fill_the_bar_side_by_side_and_each_can_be_seen(counts):
    pieces = bar(*counts).pieces
    assert [piece.count for piece in pieces] == [count for count in counts if count]  # zeros fold away
    assert pieces[0].x == 0
    assert sum(piece.width for piece in pieces) == pytest.approx(100, abs=1e-9)
    assert all(one.x + one.width == pytest.approx(other.x) for one, other in pairwise(pieces))
    assert min(piece.width for piece in pieces) >= LEAST_WIDTH - 0.001
    assert all(one.width <= other.width + 0.002 for one in pieces for other in pieces if one.count < other.count)


def test_widths_are_shares():
    assert [piece.width for piece in bar(1, 1, 2).pieces] == [25, 25, 50]


def test_a_number_is_shown_where_there_is_room_and_a_shape_where_there_is_more():
    few, many, one = bar(30, 6, 1).pieces
    assert (few.number, few.shape) == ("", "")
    assert (many.number, many.shape) == ("", "at-m")
    assert (one.number, one.shape) == ("at-l", "hidden")
    assert bar(10**6, 1).pieces[1].number == "hidden"


@pytest.mark.parametrize(
    ("count", "total", "said"),
    [(0, 0, "0"), (0, 9, "0"), (1, 3, "33"), (1, 20_000, "<1"), (19_999, 20_000, ">99"), (7, 7, "100")],
)
def test_a_share_says_neither_nothing_nor_all_of_what_only_rounds_to_it(count, total, said):
    assert share(count, total) == said


def test_a_stacked_bar_is_named_and_its_key_and_table_say_what_it_shows():
    html = stacked_html(bar(3, 1), title="The 4 commitments by light")
    assert '<figure class="edn-chart edn-stacked" aria-label="The 4 commitments by light">' in html
    # The drawing is out of the way of a keyboard and of a screen reader.
    drawing, words = re.split(r"(?=<ul)", html, maxsplit=1)
    assert '<svg height="46" aria-hidden="true" focusable="false">' in drawing
    assert drawing.count("<a ") == drawing.count('tabindex="-1"') == 2
    assert "tabindex" not in words
    assert [" ".join(item.split()) for item in Text(html, "li").found] == ["3 atrasados", "1 atrasados"]
    assert Text(html, "caption").found == ["The 4 commitments by light"]
    assert Text(html, "th").found == ["Light", "Commitments", "Share", "Atrasados", "Atrasados"]
    assert Text(html, "td").found == ["3", "75\N{NO-BREAK SPACE}%", "1", "25\N{NO-BREAK SPACE}%"]
    assert Text(html, "summary").found == ["See as a table: The 4 commitments by light"]


def test_nothing_is_a_frame_and_a_sentence():
    html = stacked_html(stacked([]))
    assert "Nothing to show yet." in html
    assert 'class="none"' in html
    assert "<table" not in html
    assert "<ul" not in html


def test_a_small_bar_is_a_drawing_beside_its_own_numbers():
    html = stacked_html(bar(3, 1), small=True)
    assert re.findall(r"<(figure|a|ul|table|text|title)\b", html) == []
    assert html.count('aria-hidden="true"') == 1


@pytest.mark.parametrize("small", [False, True])
def test_no_chart_brings_an_id_so_that_none_is_twice_on_a_page(small):
    assert not re.search(r"\bid=|url\(", stacked_html(bar(*range(1, 15)), small=small))
    assert not re.search(r"\bid=|url\(", html_of("steps", chart=steps([series(1, 2)], ["a", "b"]), title="T"))


def test_a_title_and_a_word_of_300_characters_are_escaped_and_whole():
    html = stacked_html(bar(3, word=f"<b>{LONG}"), title=f'"{LONG}')
    assert f"&#34;{LONG}" in html
    assert "<b>x" not in html
    assert f"&lt;b&gt;{LONG}" in html


def series(*values, label="Late", key="late", last=None):
    return Series(label, key, values, str(values[-1]) if last is None and values else last or "")


def drawn(*values, **facts):
    [line] = steps([series(*values)], [str(place) for place in range(len(values))], **facts).lines
    return line.d


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ((), ""),
        ((7,), "M0 6H1"),
        ((0, 0, 0), "M0 80H3"),  # at the axis, not at the top
        ((1, 1, 2), "M0 43H2V6H3"),
        ((2, None, 1), "M0 6H1M2 43H3"),  # nothing is drawn where nothing was known
        ((None, None), ""),
        ((None, 4), "M1 6H2"),
    ],
)
def test_a_line_holds_each_value_until_the_next(values, path):
    assert drawn(*values) == path


def test_what_stands_side_by_side_has_one_scale():
    few, many = side_by_side([[series(1)], [series(4)]], ["a"])
    assert (few.lines[0].d, many.lines[0].d) == ("M0 61.5H1", "M0 6H1")
    assert drawn(1, top=2) == "M0 43H1"


def test_ten_thousand_values_are_as_many_as_a_screen_tells_apart_and_end_with_the_last():
    chart = steps([series(*range(10_000))], ["from", "to"])
    assert 0 < chart.count <= MOST_STEPS
    assert chart.lines[0].d.endswith(f"V6H{chart.count}")
    assert len(chart.lines[0].d) < 20 * MOST_STEPS


@pytest.mark.parametrize("values", [(23, 21), (21, 23), (0, 0), (5, 5, 5), (100, 0, 1), (14, 14)])
def test_the_numbers_beside_the_ends_of_lines_keep_apart_and_above_the_axis(values):
    chart = steps([series(value) for value in values], ["a"])
    ys = sorted(line.y for line in chart.lines)
    assert all(below - above >= LABEL - 0.1 for above, below in pairwise(ys))
    assert ys[-1] <= AXIS + 6
    assert ys[0] >= TOP + 6, "not in the title above"
    placed = list(zip(values, (line.y for line in chart.lines), strict=True))
    assert all(
        one[1] > other[1] for one in placed for other in placed if one[0] < other[0]
    )  # the greater stands higher


def test_lines_are_named_and_described_in_the_drawing_and_say_their_last_value():
    chart = steps(
        [series(0, 23, label="Claimed", last="23 %"), series(None, 21, label="Verified")], ["oct 2017", "now"]
    )
    html = html_of("steps", chart=chart, title="Progress")
    assert '<svg height="104" role="img">' in html
    assert Text(html, "title").found == ["Progress, oct 2017 – now"]
    assert Text(html, "desc").found == ["Claimed: from 0 to 23 %. Verified: from 21 to 21. "]
    assert Text(html, "text").found == ["23 %", "21", "oct 2017", "now"]
    assert [word.strip() for word in Text(html, "figcaption").found] == ["Progress Claimed Verified"]


@pytest.mark.parametrize("values", [(), (None,)])
def test_lines_of_nothing_say_so(values):
    html = html_of("steps", chart=steps([series(*values)], []), title="Late")
    assert Text(html, "desc").found == ["Late: no figures. "]
    assert Text(html, "text").found == []


@dataclass
class Band:
    key: str
    label: str
    count: int
    share: int


def test_a_distribution_is_a_table_with_bars_without_its_empty_bands():
    bands = [Band("never", "Never <b>", 1234, 100), Band("30", "1 to 30 days", 0, 0), Band("more", LONG, 1, 1)]
    with override("en"):
        html = rendered("_distribution.jinja", bars=bands, caption="Moved", unit="Tasks", url="/tareas/?moved=")
        nothing = rendered("_distribution.jinja", bars=bands[1:2], caption="Moved", unit="Tasks", url="")
    assert Text(html, "th").found == ["Band", "Tasks", "Never <b>", LONG]
    assert Text(html, "td").found == ["1,234", "1"]
    assert re.findall(r'href="([^"]+)"', html) == ["/tareas/?moved=never", "/tareas/?moved=more"]
    assert re.findall(r'<rect class="plain" width="(\d+)%"', html) == ["100", "1"]
    assert Text(html, "caption").found == ["Moved"]
    assert Text(nothing, "td").found == ["Nothing to show yet."]


def test_a_twin_names_columns_and_rows():
    html = html_of(
        "twin", caption="Months", head=["Month", "Late", "Share"], rows=[["2018", 1234, None], ["x", 1, "3 %"]]
    )
    assert re.findall(r'<th scope="(\w+)"[^>]*>([^<]*)', html) == [
        ("col", "Month"), ("col", "Late"), ("col", "Share"), ("row", "2018"), ("row", "x"),
    ]  # fmt: skip
    assert Text(html, "td").found == ["1,234", "–", "1", "3 %"]
    assert html.count('data-label="Late"') == 2
