/** Pages load nothing and run nothing: what a report holds can't do anything. */
export const contentPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** One sheet for screen and paper. Risk is never told by colour alone. */
export const style = `
:root { --ink: #1d2530; --soft: #5b6675; --line: #d9dee5; --paper: #fff; --wash: #f5f7f9;
  --HIGH: #b3261e; --MED: #b26a00; --LOW: #4a6fa5; --in: #2e7d5b; --out: #8a94a3; --good: #2e7d5b; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.5rem 4rem; max-width: 60rem; color: var(--ink);
  background: var(--paper);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
header { border-bottom: 2px solid var(--ink); padding-bottom: .8rem; margin-bottom: 1.4rem; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0; }
h2 { font-size: 1.15rem; margin: 2.2rem 0 .3rem; }
h3 { font-size: .95rem; margin: 1.2rem 0 .3rem; }
p { margin: .3rem 0 .7rem; }
.soft { color: var(--soft); }
.lead { font-size: 1.12rem; margin: 1rem 0; padding: .8rem 1rem; border-left: 5px solid var(--LOW);
  background: var(--wash); }
.lead p { margin: 0; } .lead p + p { margin-top: .3rem; } .lead .do { font-weight: 600; }
.lead.HIGH { border-color: var(--HIGH); } .lead.MED { border-color: var(--MED); }
  .lead.good { border-color: var(--good); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .8rem;
  margin: 1rem 0; }
.tile { border: 1px solid var(--line); border-radius: 6px; padding: .7rem .9rem; }
.tile b { display: block; font-size: 1.7rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.tile.HIGH b { color: var(--HIGH); } .tile.MED b { color: var(--MED); } .tile.LOW b { color: var(--LOW); }
.tile span { color: var(--soft); font-size: .87rem; }
table { border-collapse: collapse; width: 100%; margin: .6rem 0; font-size: .9rem; }
th { text-align: left; color: var(--soft); font-weight: 600; border-bottom: 1px solid var(--ink);
  padding: .3rem .6rem .3rem 0; vertical-align: bottom; }
td { border-bottom: 1px solid var(--line); padding: .4rem .6rem .4rem 0; vertical-align: top; }
td.n, th.n { text-align: right; }
td.n { font-variant-numeric: tabular-nums; white-space: nowrap; }
td:first-child { min-width: 7rem; } td:last-child, th:last-child { padding-right: 0; }
tr.sum td { font-weight: 600; }
.wrong { color: var(--HIGH); font-weight: 600; }
.risk { display: inline-block; border: 1.5px solid; border-radius: 4px; padding: 0 .4em;
  font-size: .8rem; font-weight: 700; white-space: nowrap; }
.risk.HIGH { color: var(--HIGH); } .risk.MED { color: var(--MED); } .risk.LOW { color: var(--LOW); }
ol.todo { list-style: none; padding: 0; margin: .6rem 0; }
ol.todo li { border: 1px solid var(--line); border-radius: 6px; padding: .7rem .9rem;
  margin-bottom: .6rem; break-inside: avoid; }
ol.todo .head { display: flex; flex-wrap: wrap; gap: .2rem .8rem; align-items: baseline; }
ol.todo .head b { font-size: 1rem; } ol.todo .amount { margin-left: auto;
  font-variant-numeric: tabular-nums; }
ol.todo p { margin: .3rem 0 0; }
.what { font-size: .86rem; color: var(--soft); overflow-wrap: anywhere; }
svg { width: 100%; height: auto; max-width: 40rem; display: block;
  font: 12.5px system-ui, "DejaVu Sans", sans-serif; }
svg text { fill: var(--ink); } svg .day, svg .scale { fill: var(--soft); font-size: 10.5px; }
  svg .figure { font-weight: 600; }
.bar.HIGH { fill: var(--HIGH); } .bar.MED { fill: #e0a030; } .bar.LOW { fill: #9db4d3; }
.burn { fill: none; stroke: var(--HIGH); stroke-width: 2; stroke-linejoin: round; }
.limit { stroke: var(--soft); stroke-dasharray: 5 4; } .unseen { fill: #c9ced6; }
svg .in { fill: var(--in); } svg .out { fill: var(--out); } svg .axis { fill: var(--soft); }
.key span { display: inline-block; margin-right: 1.2rem; font-size: .87rem; }
.key i { display: inline-block; width: .8rem; height: .8rem; margin-right: .35rem; vertical-align: -1px; }
i.HIGH { background: var(--HIGH); } i.MED { background: #e0a030; } i.LOW { background: #9db4d3; }
i.in { background: var(--in); } i.out { background: var(--out); }
dl.words { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; font-size: .87rem; }
dl.words dt { font-weight: 600; } dl.words dd { margin: 0; color: var(--soft); }
footer { margin-top: 3rem; border-top: 1px solid var(--line); padding-top: .6rem; font-size: .84rem;
  color: var(--soft); }
.scroll { overflow-x: auto; }
@media (max-width: 40rem) { body { padding: 1rem; } dl.words { grid-template-columns: 1fr; } }
@page { size: A4; margin: 16mm 14mm; }
@media print { body { padding: 0; max-width: none; font-size: 10.5pt; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  h2, h3 { break-after: avoid; } tr, .tile, svg { break-inside: avoid; }
  thead { display: table-header-group; }
  .scroll { overflow: visible; } table { font-size: 8pt; } td.n { white-space: normal; }
  td, th { padding-right: .4rem; } td:first-child { min-width: 0; } table .what { font-size: 7pt; } }
`;
