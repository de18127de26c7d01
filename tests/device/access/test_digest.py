"""The digest itself: the RFC's own examples, and a header reader that guesses nothing."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from device_access_builders import digest_header
from lintel.device.access.digest import Challenge, ha1_of, response_of
from lintel.device.access.header import (
    MAX_HEADER,
    Algorithm,
    Credentials,
    HeaderError,
    quoted,
    read_credentials,
    read_parameters,
    unquoted,
)

NONCE = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
CNONCE = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"

# RFC 7616, section 3.9.1: Mufasa, "Circle of Life", GET /dir/index.html
MUFASA = (
    'Digest username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", '
    "algorithm={algorithm}, "
    'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", nc=00000001, '
    'cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", qop=auth, '
    'response="{response}", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
)
VECTORS: tuple[tuple[Algorithm, str], ...] = (
    ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
    ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
)


@pytest.mark.parametrize(("algorithm", "response"), VECTORS)
def test_the_examples_of_the_rfc(algorithm: Algorithm, response: str) -> None:
    said = read_credentials(MUFASA.format(algorithm=algorithm, response=response))
    assert (said.username, said.count, said.uri) == ("Mufasa", 1, "/dir/index.html")
    ha1 = ha1_of(algorithm, "Mufasa", said.realm, "Circle of Life")
    assert response_of(said, ha1, "GET") == response
    assert response_of(said, ha1, "PUT") != response


def test_the_hashed_user_name_of_the_rfc() -> None:
    """Section 3.9.2; its SHA-512-256 is in fact SHA-512 cut to 256 bits (erratum 4897)."""
    hashed = hashlib.sha512("Jäsøn Doe:api@example.org".encode()).hexdigest()[:64]
    assert hashed == "488869477bf257147b804c45308cd62ac4e25eb717b12b298c79e62dcea254ec"


@pytest.mark.parametrize("algorithm", ["SHA-256", "SHA-256-sess", "MD5", "MD5-sess"])
def test_another_writing_of_the_rfc_agrees(algorithm: Algorithm) -> None:
    header = digest_header("anna", "word", realm="here", nonce="n", algorithm=algorithm)
    said = read_credentials(header)
    ha1 = ha1_of(algorithm, "anna", "here", "word")
    assert response_of(said, ha1, "GET") == said.response


# -- the reader ----------------------------------------------------------------------------------

texts = st.text(st.characters(min_codepoint=32, max_codepoint=126) | st.just("\t"), max_size=40)
tokens = st.from_regex(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,20}", fullmatch=True)


@given(st.dictionaries(tokens.map(str.lower), texts, min_size=1, max_size=20), st.data())
def test_what_is_written_is_read_again(parameters: dict[str, str], data: st.DataObject) -> None:
    gap = st.sampled_from(["", " ", "\t", "  "])
    written = [
        f"{name}{data.draw(gap)}={data.draw(gap)}{quoted(value)}"
        for name, value in parameters.items()
    ]
    header = "Digest " + f"{data.draw(gap)},{data.draw(gap)}".join(written)
    assert read_parameters(header) == parameters


@given(texts)
def test_quoting_and_back(text: str) -> None:
    assert unquoted(quoted(text)) == text


@given(st.text() | st.binary().map(lambda raw: raw.decode("latin-1")))
@example("Digest " + "\\" * 4000)
@example('Digest a="' + '\\"' * 4000)
@example("Digest " + "a" * 8000)
@example('Digest username="' + "x" * 8000)
@example("Digest a=b" + ",a=b" * 2000)
@example("Digest a=b,,b=c")
@example("Digest a=b,")
@example('Digest a="\x00"')
@example('Digest a="é"')
def test_garbage_is_refused_and_nothing_else_happens(text: str) -> None:
    for header in (text, "Digest " + text, MUFASA + text):
        said = refusal(header)
        assert len(said) < 200
        assert len(text) < 12 or text not in said


def refusal(header: str) -> str:
    """Why a header is refused; empty when it is not."""
    try:
        read_credentials(header)
    except HeaderError as error:
        return str(error)
    return ""


@given(st.data())
def test_a_header_with_one_place_changed_is_read_as_it_stands_or_refused(
    data: st.DataObject,
) -> None:
    header = MUFASA.format(algorithm="SHA-256", response=VECTORS[1][1])
    place = data.draw(st.integers(0, len(header) - 1))
    changed = header[:place] + data.draw(st.characters(max_codepoint=255)) + header[place + 1 :]
    try:
        said = read_credentials(changed)
    except HeaderError:
        return
    ha1 = ha1_of("SHA-256", "Mufasa", "http-auth@example.org", "Circle of Life")
    fields = (said.username, said.realm, said.nonce, said.uri, said.cnonce, said.nc)
    honest = read_credentials(header)
    same = fields == tuple(
        getattr(honest, name) for name in ("username", "realm", "nonce", "uri", "cnonce", "nc")
    )
    if not same and said.algorithm == "SHA-256":  # what is signed changed: no longer right
        unsigned = (said.username, said.realm) != (honest.username, honest.realm)
        assert unsigned or response_of(said, ha1, "GET") != said.response


def credentials(**changes: str) -> Credentials:
    return read_credentials(digest_header("a", "b", realm="r", nonce="n", **changes))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"qop": "auth-int"}, "another qop"),
        ({"nc": "0000001"}, "eight hexadecimal"),
        ({"nc": "00000000"}, "from 00000001"),
        ({"nc": "0000000g"}, "eight hexadecimal"),
        ({"nc": "-0000001"}, "eight hexadecimal"),
        ({"cnonce": ""}, "1 to 256"),
        ({"cnonce": "c" * 257}, "1 to 256"),
        ({"response": "0" * 32}, "64 lower-case"),
        ({"response": "A" * 64}, "64 lower-case"),
        ({"response": "0" * 65}, "64 lower-case"),
        ({"userhash": "maybe"}, "true or false"),
    ],
)
def test_what_the_rfc_does_not_allow_is_refused(changes: dict[str, str], said: str) -> None:
    with pytest.raises(HeaderError, match=said):
        credentials(**changes)


def test_an_unknown_algorithm_is_refused() -> None:
    header = digest_header("a", "b", realm="r", nonce="n")
    for name in ("SHA-512-256", "sha", "SHA-256-", ""):
        with pytest.raises(HeaderError):
            read_credentials(header.replace("algorithm=SHA-256", f"algorithm={name}"))


@pytest.mark.parametrize("name", ["username", "realm", "nonce", "uri", "response", "qop", "nc"])
def test_nothing_may_be_missing_or_stand_twice(name: str) -> None:
    header = digest_header("a", "b", realm="r", nonce="n")
    parts = header.removeprefix("Digest ").split(", ")
    less = [part for part in parts if not part.startswith(f"{name}=")]
    assert len(less) == len(parts) - 1
    with pytest.raises(HeaderError, match=f"no {name}"):
        read_credentials("Digest " + ", ".join(less))
    twice = header + f', {name.upper()}="x"'
    with pytest.raises(HeaderError, match="twice"):
        read_credentials(twice)


def test_too_much_is_refused() -> None:
    with pytest.raises(HeaderError, match="more than 8192"):
        read_parameters("Digest " + "x" * MAX_HEADER)
    with pytest.raises(HeaderError, match="too long"):
        read_parameters("Digest " + ", ".join(f"p{n}=v" for n in range(25)))


def test_no_header_can_be_split_by_a_name() -> None:
    for text in ("a\r\nSet-Cookie: x", "é", "\x7f"):
        with pytest.raises(HeaderError):
            quoted(text)


def test_a_challenge_can_be_read_by_our_own_reader() -> None:
    challenge = Challenge('we "here"', "n", "o", "SHA-256", stale=True)
    found = read_parameters(challenge.header())
    assert found["realm"] == 'we "here"'
    assert (found["stale"], found["userhash"], found["charset"]) == ("true", "true", "UTF-8")
