"""The rendered file without its secrets."""

import tomllib

from backends.glauth.hidden import hidden

SECRET = "5f4dcc3b5aa765d61d8327deb882cf99"


def test_every_password_and_token_is_hidden_and_all_else_stands():
    text = f"""# a comment
[api]
secrettoken = 'token-{SECRET}'
[[users]]
name = "reader"  # who reads
PassSHA256 = "{SECRET}"
passappsha256 = [
  "{SECRET}1",
  "{SECRET}2",
]
otpsecret = "{SECRET}3"
[[users]]
name = "alice"
passsha256 = "!"
"""
    shown = hidden(text.encode())
    assert SECRET not in shown
    assert "# a comment" in shown
    assert "# who reads" in shown
    tables = tomllib.loads(shown)
    assert tables["users"][0] == {
        "name": "reader",
        "PassSHA256": "...",
        "passappsha256": ["...", "..."],
        "otpsecret": "...",
    }
    assert tables["users"][1] == {"name": "alice", "passsha256": "!"}
    assert tables["api"] == {"secrettoken": "..."}


def test_a_secret_written_in_escapes_is_hidden_too():
    shown = hidden(f'[[users]]\nname = "reader"\npasssha256 = "\\u0035{SECRET[1:]}"\n'.encode())
    assert SECRET[1:] not in shown
    assert tomllib.loads(shown) == {"users": [{"name": "reader", "passsha256": "..."}]}


def test_a_secret_in_a_text_of_many_lines_is_hidden_too():
    shown = hidden(f'[[users]]\npasssha256 = """\n{SECRET}"""\n'.encode())
    assert SECRET not in shown
