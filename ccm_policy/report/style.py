"""How pages look: on a screen, in the dark, on a phone, on paper. No font, picture or script from elsewhere."""

STYLE = """
:root{color-scheme:light dark;--ink:#1b1b1f;--quiet:#55575e;--paper:#fff;--rule:#c9cbd1;--soft:#f3f4f6;--fill:#1f5fa8;
--warn:#8a4b00;--bad:#9b1c1c}
@media (prefers-color-scheme:dark){:root{--ink:#e8e8ea;--quiet:#a9abb3;--paper:#16171a;--rule:#44464d;--soft:#212329;
--fill:#7db1ef;--warn:#f0b25c;--bad:#f08a8a}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1rem;max-width:64rem;color:var(--ink);background:var(--paper);
font:1rem/1.45 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;overflow-wrap:break-word}
h1{font-size:1.6rem;line-height:1.2;margin:.5rem 0}h2{font-size:1.25rem;margin:2rem 0 .5rem}
h3{font-size:1.05rem;margin:1.5rem 0 .4rem}h4{font-size:.95rem;margin:1rem 0 .2rem}p{margin:.4rem 0}
a{color:var(--fill)}a:focus-visible,.wide:focus-visible{outline:3px solid var(--fill);outline-offset:2px}
.quiet,caption,dt{color:var(--quiet)}small{font-size:.85em;color:var(--quiet)}
dl.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(13rem,1fr));gap:.6rem;margin:1rem 0}
dl.figures>div{border:1px solid var(--rule);border-radius:.4rem;padding:.5rem .7rem}
dl.figures dt{font-size:.85rem}dl.figures dd{margin:0;font-size:1.15rem;font-weight:600}
dl.figures dd small{display:block;font-weight:400;font-size:.8rem}
.wide{overflow-x:auto;margin:.6rem 0}table{border-collapse:collapse;width:100%;font-size:.92em}
caption{text-align:left;padding-bottom:.3rem}th,td{text-align:left;vertical-align:top;padding:.3rem .6rem .3rem 0;
border-bottom:1px solid var(--rule)}th{font-weight:600}th.n,td.n{text-align:right;padding-right:1rem}
.summed tbody tr:last-child>*{font-weight:600;border-top:2px solid var(--rule)}
.patients,.known{table-layout:fixed}.patients th:nth-child(1){width:10%}.patients th:nth-child(2){width:14%}
.patients th:nth-child(3){width:14%}.patients th:nth-child(4){width:38%}
.known th:nth-child(1){width:42%}.known th:nth-child(2){width:30%}.n,.keep{white-space:nowrap}
tbody th{min-width:4.5rem}th p{margin:0;font-weight:400}td ul{margin:0;padding-left:1rem}
.paper{display:none}section.patient{border-top:2px solid var(--rule);margin-top:1.5rem}
ul.rules{list-style:none;padding:0}ul.rules>li{margin:.6rem 0;padding-left:.8rem;border-left:3px solid var(--rule)}
ul.rules>li.no{border-left-color:var(--bad)}ul.rules>li.unknown{border-left:3px dashed var(--warn)}
.word{font-weight:600}.picture{overflow-x:auto}.picture svg{display:block;width:100%;min-width:38rem;height:auto}
svg text{font:11px system-ui,sans-serif;fill:var(--ink)}.axis,.mark{stroke:var(--ink);stroke-width:1}
.mark{stroke-dasharray:4 3}.track{fill:var(--soft);stroke:var(--rule)}.bar,.billed{fill:var(--fill)}
.may{fill:none;stroke:var(--fill);stroke-dasharray:3 2}.waiting{fill:var(--paper);stroke:var(--warn);stroke-width:1.4}
.nothing{fill:none;stroke:var(--quiet);stroke-width:1.2}.legend span{margin-right:1.2rem;white-space:nowrap}
.legend svg{vertical-align:-2px;margin-right:.3rem}
.sentence{font-size:1.1rem;font-weight:600}
details{border-top:1px solid var(--rule);padding:.4rem 0}summary{cursor:pointer}
.clauses{font:.85rem/1.5 ui-monospace,SFMono-Regular,Consolas,monospace;overflow-x:auto;white-space:pre-wrap}
.clauses>div{padding-left:.5rem;border-left:3px solid transparent}
.clauses>.less{background:var(--soft);border-left:3px dashed var(--bad)}
.clauses>.more{background:var(--soft);border-left:3px solid var(--fill)}
.heard{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}
.gain{fill:var(--fill)}.loss{fill:url(#hatch);stroke:var(--bad)}.hatch{stroke:var(--bad);stroke-width:1.5}
@media (max-width:40rem){dl.figures{grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr))}
table,tbody,tr,td,th,caption{display:block;border:0;padding:0}.summed tbody tr:last-child>*{border:0}
.patients th:nth-child(1),.known th:nth-child(1){width:auto}
thead{position:absolute;clip-path:inset(50%);height:1px;overflow:hidden}
tr{border-bottom:1px solid var(--rule);padding:.5rem 0}td{overflow-wrap:anywhere}
td:empty{display:none}
td::before{content:attr(data-label) ": ";color:var(--quiet)}td.n{text-align:left;white-space:normal}}
@media print{:root{color-scheme:light;--ink:#000;--quiet:#444;--paper:#fff;--rule:#999;--soft:#eee;--fill:#1f5fa8;
--warn:#6b3a00;--bad:#7a1414}@page{margin:16mm 14mm}body{max-width:none;padding:0;font-size:10pt}
td,th{overflow-wrap:anywhere}.wide,.picture{overflow:visible}
.picture svg{min-width:0}a{color:inherit}.screen{display:none}.paper{display:block}
h2,h3,h4,section.patient>.quiet{break-after:avoid}tr,ul.rules>li,.picture,dl.figures>div{break-inside:avoid}
tbody tr:first-child{break-before:avoid}thead{display:table-header-group}
h2.page{break-before:page}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
"""


def heading_of_pages(title: str) -> str:
    """What stands above each printed page: what it is of, and which page it is of how many."""
    said = "".join(c if c.isalnum() or c in " ,-" else f"\\{ord(c):x} " for c in title)
    counted = 'counter(page) " of " counter(pages)'
    style = "font:9pt system-ui,sans-serif;color:#444"
    return f'@page{{@top-left{{content:"{said}";{style}}}@top-right{{content:{counted};{style}}}}}\n'
