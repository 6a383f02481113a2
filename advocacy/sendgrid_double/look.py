"""How the stand-in's pages look: one small style sheet, and the pieces that every page is made of."""

import html
from collections.abc import Sequence
from datetime import UTC, datetime

STYLE = """
:root{color-scheme:light dark;--line:#c9c9c4;--soft:#f3f3f0;--text:#1d1d1b;--dim:#5c5c57;--link:#0b5394;--bad:#a1260d;--good:#1e6b34}
@media(prefers-color-scheme:dark){:root{--line:#4a4a46;--soft:#262624;--text:#ececea;--dim:#b0b0aa;--link:#8ec1f0;--bad:#f29b86;
--good:#8fd3a2}body{background:#181817}}
*{box-sizing:border-box}
body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:72rem;padding:1rem;color:var(--text)}
h1{font-size:1.5rem;line-height:1.25;margin:.5rem 0;overflow-wrap:anywhere}h2{font-size:1.15rem;margin:1.75rem 0 .5rem}
a{color:var(--link)}nav a{margin-right:1rem}p{margin:.5rem 0}.dim{color:var(--dim)}.bad{color:var(--bad)}.good{color:var(--good)}
dl.figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(14rem,40%),1fr));gap:.5rem;margin:1rem 0}
dl.figures div{background:var(--soft);padding:.5rem .75rem}dl.figures dt{color:var(--dim);font-size:.875rem}
dl.figures dd{margin:0;font-size:1.25rem;font-variant-numeric:tabular-nums}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.4rem .8rem .4rem 0;border-bottom:1px solid var(--line);
vertical-align:top}th{font-weight:600;white-space:nowrap}td,pre{font-variant-numeric:tabular-nums}td:first-child{min-width:7rem}
pre{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--soft);padding:.8rem;margin:.5rem 0}
.scroll{overflow-x:auto}iframe{width:100%;height:24rem;border:1px solid var(--line);background:#fff}
form{display:inline}button{font:inherit;padding:.4rem .7rem;margin:.15rem .25rem .15rem 0;min-height:2.5rem;cursor:pointer}
summary{cursor:pointer;padding:.5rem 0}
@media(max-width:40rem){thead{position:absolute;left:-9999px}table.rows tr{display:block;border-bottom:1px solid var(--line);
padding:.6rem 0}table.rows td{display:block;border:0;padding:.1rem 0;overflow-wrap:anywhere}table.rows td[data-name]::before{content:attr(data-name) ": ";
color:var(--dim)}}
"""


def esc(text: object) -> str:
    return html.escape(str(text))


def page(title: str, body: str) -> str:
    return (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        f"<title>{esc(title)}</title><style>{STYLE}</style></head><body><nav><a href='/'>Mails</a>"
        f"<a href='/rules'>What it holds requests against</a></nav><main><h1>{esc(title)}</h1>{body}</main></body></html>"
    )


def button(action: str, words: str) -> str:
    return f"<form method='post' action='{esc(action)}'><button>{esc(words)}</button></form>"


def figures(pairs: Sequence[tuple[str, object]]) -> str:
    inside = "".join(f"<div><dt>{esc(name)}</dt><dd>{esc(value)}</dd></div>" for name, value in pairs)
    return f"<dl class='figures'>{inside}</dl>"


def table(names: list[str], rows: list[list[str]], nothing: str) -> str:
    """Return a table whose rows become blocks on a narrow screen. The cells are HTML; the first names itself."""
    if not rows:
        return f"<p class='dim'>{esc(nothing)}</p>"
    head = "".join(f"<th scope='col'>{esc(name)}</th>" for name in names)
    body = "".join(f"<tr>{''.join(_cell(names[at], cell, at) for at, cell in enumerate(row))}</tr>" for row in rows)
    return f"<div class='scroll'><table class='rows'><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"


def _cell(name: str, cell: str, at: int) -> str:
    return f"<td>{cell}</td>" if at == 0 else f"<td data-name='{esc(name)}'>{cell}</td>"


def moment(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S} UTC"
