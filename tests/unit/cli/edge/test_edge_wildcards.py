"""Wildcards, as the CloudFront developer guide has them."""

import pytest

from assetwire_cli.edge.wildcards import covers, matches_wildcards


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("", "", True),
        ("*", "", True),
        ("a", "A", False),
        ("a?c", "abc", True),
        ("a?c", "ac", False),
        ("a?c", "a/c", True),
        ("a*c", "ac", True),
        ("a*c", "abbbc", True),
        ("a*c", "abbbcd", False),
        ("*b*b", "abab", True),
        ("*b*b", "aba", False),
        ("a.c", "abc", False),
        ("[a]", "a", False),
        ("https://h/*.jpg", "https://h/a/b/c.jpg", True),
        ("*a" * 30, "a" * 29 + "b", False),
    ],
)
def test_a_star_is_any_text_and_a_question_mark_one_character(pattern: str, text: str, expected: bool) -> None:
    assert matches_wildcards(pattern, text) is expected


CLOUDFRONT = "https://d111111abcdef8.cloudfront.net"


@pytest.mark.parametrize(
    ("resource", "url", "expected"),
    [
        # The guide's own examples.
        ("https://www.example.com/hello*world", "https://www.example.com/helloworld", True),
        ("https://www.example.com/hello*world", "https://www.example.com/hello-world", True),
        ("https://www.example.com/hello*world", "https://www.example.net/hello?world", False),
        ("http://example.com/hello*", "http://example.com/hello?size=large", True),
        ("http://example.com/hello*", "http://example.com/hello/there", True),
        ("http://example.com*", "http://example.com/hello?size=large", True),
        ("http://example.com*", "http://example.com.evil.example/", True),
        ("*example.com", "https://www.example.com/", True),
        ("*example.com", "https://www.example.com/hello", False),
        ("*example.com", "https://www.example.com/?size=large", False),
        ("*", "http://anything.example/at/all?x=1", True),
        (f"{CLOUDFRONT}/*game_download.zip*", f"{CLOUDFRONT}/game_download.zip", True),
        (f"{CLOUDFRONT}/*game_download.zip*", f"{CLOUDFRONT}/example_game_download.zip?license=yes", True),
        (f"{CLOUDFRONT}/*game_download.zip*", f"{CLOUDFRONT}/test_game_download.zip?license=temp", True),
        (f"{CLOUDFRONT}/horizon.jpg?size=large&license=yes", f"{CLOUDFRONT}/horizon.jpg?size=large&license=yes", True),
        # A wildcard ends with its section.
        ("https://*/a1/x.jpg", "https://evil.example/b2/a1/x.jpg", False),
        ("https://*.example/x.jpg", "https://evil.test/?.example/x.jpg", False),
        ("https://*.example/x.jpg", "https://evil.test/a.example/x.jpg", False),
        ("https://h.example/a1/*.jpg", "https://h.example/a1/secret.pdf?x=.jpg", False),
        ("https://h.example/a1/*.jpg", "https://h.example/a1/x.jpg?size=large", False),
        ("https://h.example/a1/*/x.jpg", "https://h.example/a1/b?/x.jpg", False),
        ("http*://h.example/*", "https://h.example/a.jpg", True),
        ("http*://h.example/*", "http://h.example/a.jpg?x", True),
        ("http*://h.example/*", "http://evil.test/h.example/a.jpg", False),
        ("*://h.example/a.jpg", "https://h.example/a.jpg", True),
        ("h*://h.example/a.jpg", "http://evil.test/://h.example/a.jpg", False),
        # `?` is one character, and where the query begins.
        ("https://h.example/web-?.jpg", "https://h.example/web-1.jpg", True),
        ("https://h.example/web-?.jpg", "https://h.example/web-12.jpg", False),
        ("https://h.example/web-?.jpg", "https://h.example/web-/.jpg", True),
        ("https://h.example/web-?.jpg?size=?", "https://h.example/web-1.jpg?size=2", True),
        ("https://h.example/web-?.jpg?size=?", "https://h.example/web-1.jpg", False),
        ("https://h.example/a.jpg?*", "https://h.example/a.jpg?size=1", True),
        ("https://h.example/a.jpg?*", "https://h.example/a.jpg", True),
        ("https://h.example/a.jpg", "https://h.example/a.jpg?size=1", False),
        ("https://h.example/a.jpg", "https://h.example/a.jpg?", False),
        ("https://h?.example/", "https://h1.example/", True),
        # Nothing else is meant.
        ("", "https://h.example/", False),
        ("h.example/*", "https://h.example/a", False),
        ("https://h.example/A", "https://h.example/a", False),
        ("https://h.example", "https://h.example/", True),
        ("https://h.example:4580/*", "https://h.example:4580/a", True),
        ("https://h.example:4580/*", "https://h.example/a", False),
    ],
)
def test_a_wildcard_of_a_resource_stands_for_nothing_beyond_its_section(
    resource: str, url: str, expected: bool
) -> None:
    assert covers(resource, url) is expected
