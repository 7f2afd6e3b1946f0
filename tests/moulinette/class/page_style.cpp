#include "class/page_style.hpp"

namespace corokit::moulinette {

// The colours of the page that a schedule is drawn on (tests/explorer/drawing/page.css), so that the two look alike.
const std::string_view kPageStyle = R"css(
:root {
  --paper: #fdfdfc; --panel: #f3f4f6; --line: #c9ced6; --ink: #1b1f24; --soft: #586069;
  --good: #0a6b3d; --good-paper: #e3f4ea; --bad: #b3101c; --bad-paper: #fdecec; --run: #1258c4; --wait: #8a4600; --focus: #7c3aed;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #15181d; --panel: #1e232a; --line: #3a424d; --ink: #e7eaee; --soft: #a3adb8;
    --good: #5fd497; --good-paper: #12301f; --bad: #ff8d85; --bad-paper: #3a1d20; --run: #7db7ff; --wait: #f0a04b; --focus: #c4a7ff;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 1.2rem 1rem 4rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: .2rem 0 .4rem; overflow-wrap: anywhere; unicode-bidi: isolate; }
h2 { font-size: 1.15rem; margin: 2.2rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1.2rem 0 .3rem; }
p { margin: .4rem 0; max-width: 75ch; overflow-wrap: anywhere; }
a { color: var(--run); }
code, pre { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .87em; unicode-bidi: isolate; }
code { overflow-wrap: anywhere; }
th code { white-space: nowrap; }
pre { background: var(--panel); border: 1px solid var(--line); border-radius: 4px; padding: .6rem .8rem; overflow-x: auto; line-height: 1.35; }
.soft { color: var(--soft); }
.scroll { overflow-x: auto; }
.score { font-size: 1.25rem; font-weight: 600; }
.badge { display: inline-block; padding: .05rem .5rem; border-radius: 4px; font-weight: 600; white-space: nowrap; }
.badge.good { color: var(--good); background: var(--good-paper); }
.badge.bad { color: var(--bad); background: var(--bad-paper); }
.badge.quiet { color: var(--soft); background: var(--panel); }
.finding { border-left: 4px solid var(--bad); background: var(--bad-paper); padding: .5rem .8rem; margin: .6rem 0; }
.finding p { margin: .15rem 0; }
.note { border-left: 4px solid var(--line); background: var(--panel); padding: .5rem .8rem; margin: .6rem 0; }
table { border-collapse: collapse; width: 100%; margin: .4rem 0; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); padding-bottom: .2rem; }
th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; overflow-wrap: break-word; }
th { font-weight: 600; }
thead th { color: var(--soft); white-space: nowrap; }
td.number, th.number { text-align: right; white-space: nowrap; }
td.word { white-space: nowrap; }
thead button { all: unset; cursor: pointer; text-decoration: underline dotted; }
:focus-visible, thead button:focus-visible { outline: 3px solid var(--focus); outline-offset: 1px; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .15rem 1rem; margin: .5rem 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; unicode-bidi: isolate; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .6rem; margin: .8rem 0; padding: 0; list-style: none; }
.tiles li { background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: .5rem .8rem; }
.tiles b { display: block; font-size: 1.35rem; }
svg { display: block; max-width: 100%; height: auto; }
svg text { fill: var(--ink); font-size: 13px; }
svg .soft { fill: var(--soft); }
svg .bar { fill: var(--run); }
svg .bad { fill: var(--bad); }
svg .good { fill: var(--good); }
svg .rest { fill: var(--line); }
svg .axis { stroke: var(--line); }
svg .mark { stroke: var(--wait); stroke-width: 2; stroke-dasharray: 5 3; }
.lesson { border: 1px solid var(--line); border-radius: 6px; padding: .2rem 1rem .6rem; margin: .8rem 0; background: var(--panel); }
blockquote { margin: .4rem 0; padding-left: .8rem; border-left: 3px solid var(--line); }
.sides { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1rem; }
.source { background: var(--panel); border: 1px solid var(--line); border-radius: 4px; overflow-x: auto; padding: .4rem 0; }
.source ol { margin: 0; padding: 0; list-style: none; width: max-content; min-width: 100%; }
.source li { display: flex; font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: 12.5px; line-height: 1.4; white-space: pre; padding-right: .6rem; border-left: 5px solid transparent; }
.source .place { flex: 0 0 5.2em; padding-right: .6em; text-align: right; color: var(--soft); text-decoration: none; }
.source a.place { color: var(--ink); text-decoration: underline; }
.p0 { background: #dbe9ff; border-color: #1258c4 !important; } .p1 { background: #ffe6c7; border-color: #a85500 !important; }
.p2 { background: #d5f2df; border-color: #0a6b3d !important; } .p3 { background: #f6dcf3; border-color: #93268a !important; }
.p4 { background: #fff2b3; border-color: #806600 !important; } .p5 { background: #d3f1f4; border-color: #086b75 !important; }
.p0, .p1, .p2, .p3, .p4, .p5, [class^=p] .place { color: #1b1f24; }
@media (prefers-color-scheme: dark) {
  .p0 { background: #14305c; border-color: #7db7ff !important; } .p1 { background: #4a2c08; border-color: #f0a04b !important; }
  .p2 { background: #123a26; border-color: #5fd497 !important; } .p3 { background: #45193f; border-color: #ee9be4 !important; }
  .p4 { background: #423705; border-color: #e5cc4a !important; } .p5 { background: #0b3b41; border-color: #5cd3df !important; }
  .p0, .p1, .p2, .p3, .p4, .p5, [class^=p] .place { color: #f1f3f5; }
}
@media (max-width: 44rem) {
  .sides { grid-template-columns: minmax(0, 1fr); }
  dl { grid-template-columns: minmax(0, 1fr); gap: 0; }
  dd { margin-bottom: .3rem; }
  table.tests thead { display: none; }
  table.tests tr { display: grid; grid-template-columns: 1fr auto auto; border-bottom: 1px solid var(--line); }
  table.tests th, table.tests td { border: 0; }
  table.tests td:last-child { grid-column: 1 / -1; }
}
@media print { body { background: #fff; } }
)css";

}  // namespace corokit::moulinette
