/** The page's style sheet: follows the reader's light or dark setting, prints in black on white with details open. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1c2024; --soft: #5c6670; --paper: #ffffff; --tint: #f4f6f8; --line: #d8dee4;
  --critical: #8b1a89; --high: #b3261e; --medium: #8a5a00; --low: #1f5fae; --negligible: #5c6670; --unknown: #0f6b6b;
  --good: #1b6e34; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --soft: #9aa5b1; --paper: #14171a; --tint: #1e2328;
  --line: #333a41; --critical: #e58be3; --high: #ff8a80; --medium: #f0b74d; --low: #8ab8ff; --negligible: #9aa5b1;
  --unknown: #67c7c7; --good: #7bd695; --bad: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 82rem; padding: 1.5rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1.25rem 0 .4rem; overflow-wrap: anywhere; }
section.report + section.report { border-top: 3px solid var(--line); margin-top: 3rem; padding-top: 2rem; }
.soft { color: var(--soft); }
code { font: .92em/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
.tiles { display: flex; flex-wrap: wrap; gap: .6rem; margin: 1.25rem 0; padding: 0; list-style: none; }
.tiles li { background: var(--tint); border: 1px solid var(--line); border-radius: 6px; padding: .5rem .9rem; min-width: 6.5rem; }
.tiles b { display: block; font-size: 1.5rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.verdict { border-left: 4px solid var(--line); background: var(--tint); padding: .6rem .9rem; margin: 1rem 0; }
.verdict.clean { border-color: var(--good); } .verdict.open { border-color: var(--bad); }
.verdict.gaps { border-color: var(--medium); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
table.findings { table-layout: fixed; min-width: 62rem; }
.w2 { width: 22%; } .w1 { width: 14%; } .w0 { width: 9%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .7rem .35rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 600; white-space: nowrap; }
td { overflow-wrap: break-word; } td.text { overflow-wrap: anywhere; min-width: 7rem; }
a { color: var(--low); }
.level { font-weight: 600; }
.critical { color: var(--critical); } .high { color: var(--high); } .medium { color: var(--medium); }
.low { color: var(--low); } .negligible { color: var(--negligible); } .unknown { color: var(--unknown); }
.complete { color: var(--good); } .partial { color: var(--medium); } .none, .malware { color: var(--bad); }
.mark { border: 1px solid currentColor; border-radius: 4px; font-size: .75rem; font-weight: 600; padding: 0 .3rem; }
summary { cursor: pointer; font-weight: 600; }
details { margin: .75rem 0; }
@media print { :root { color-scheme: light; } body { max-width: none; padding: 0; font-size: 11px; }
  .scroll { overflow: visible; } table.findings { min-width: 0; }
  details::details-content { content-visibility: visible; display: block; } tr, .tiles li { break-inside: avoid; } }
`;
