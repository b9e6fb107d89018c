"""Grafana without its server: its types check a dashboard, its components draw one. The packages
are those that third_party/install dashboards has installed."""
import json
import os
import re
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
PACKAGES = os.path.join(
    os.environ.get("BELLWETHER_CACHE", os.path.expanduser("~/.cache/bellwether")), "dashboards")
WIDTH = 1400
ROW_PIXELS, HEAD_PIXELS = 38, 56  # as in dashboards/page.jsx
DRAW_SECONDS_MAX = 120

# The types with enums as their values, so that JSON can be assigned to them.
TYPES = """
import type { Dashboard, DataSourceRef, DataTransformerConfig, FieldConfig, MatcherConfig, Panel,
  DashboardLink, VariableModel } from '@grafana/schema';
import type * as bargauge from
  '@grafana/schema/dist/esm/raw/composable/bargauge/panelcfg/x/BarGaugePanelCfg_types.gen';
import type * as gauge from
  '@grafana/schema/dist/esm/raw/composable/gauge/panelcfg/x/GaugePanelCfg_types.gen';
import type * as stat from
  '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import type * as table from
  '@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen';
import type * as text from
  '@grafana/schema/dist/esm/raw/composable/text/panelcfg/x/TextPanelCfg_types.gen';
import type * as timeseries from
  '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';
type Json<T> = T extends string ? `${T}` : T extends object ? { [K in keyof T]: Json<T[K]> } : T;
interface Options {
  bargauge: bargauge.Options; gauge: gauge.Options; stat: stat.Options;
  table: Omit<table.Options, 'footer'>; text: text.Options; timeseries: timeseries.Options;
}
interface Custom {
  bargauge: {}; gauge: {}; stat: {}; text: {};
  table: table.FieldConfig; timeseries: timeseries.FieldConfig;
}
interface Query {  // of the Prometheus data source
  refId: string; datasource: DataSourceRef; expr: string; instant: boolean; range: boolean;
  format?: 'table' | 'time_series' | 'heatmap'; legendFormat?: string;
}
interface Link {  // of a field
  title: string; url: string; targetBlank?: boolean;
}
type Own = 'custom' | 'links';
type Whole = Json<Omit<Dashboard, 'panels' | 'templating' | 'links'>>
  & { templating: {}, links: Json<DashboardLink>[] };
type Frame = Json<Omit<Panel, 'options' | 'targets' | 'fieldConfig' | 'transformations' | 'links'>>
  & { gridPos: object; links?: Json<DashboardLink>[] };
type Defaults = Json<Omit<FieldConfig, Own>> & { links?: Link[] };
"""


def declarations(dashboard):
    """Lines of TypeScript, each with the place in the dashboard that it is about."""
    def declare(where, kind, value):
        lines.append((where, f"const v{len(lines)}: {kind} = {json.dumps(value)};"))

    lines = []
    rest = {key: value for key, value in dashboard.items() if key not in ("panels", "templating")}
    declare("dashboard", "Whole", {**rest, "templating": {}})
    for variable in dashboard["templating"]["list"]:
        declare(f"variable {variable['name']}", "Json<VariableModel>", variable)
    for panel in dashboard["panels"]:
        kind, title = panel["type"], panel["title"]
        frame = {key: value for key, value in panel.items()
                 if key not in ("options", "targets", "fieldConfig", "transformations")}
        declare(title, "Frame", frame)
        declare(f"{title}: options", f"Json<Options['{kind}']>", panel["options"])
        if kind == "text":
            continue
        declare(f"{title}: targets", "Json<Query>[]", panel["targets"])
        declare(f"{title}: transformations", "Json<DataTransformerConfig>[]",
                panel.get("transformations", []))
        defaults = dict(panel["fieldConfig"]["defaults"])
        declare(f"{title}: custom", f"Json<Partial<Custom['{kind}']>>", defaults.pop("custom", {}))
        declare(f"{title}: defaults", "Defaults", defaults)
        for override in panel["fieldConfig"]["overrides"]:
            declare(f"{title}: matcher", "Json<MatcherConfig>", override["matcher"])
            for one in override["properties"]:
                own = one["id"].startswith("custom.")
                declare(f"{title}: {one['id']}",
                        f"Json<Partial<Custom['{kind}']>>" if own else "Defaults",
                        {one["id"].removeprefix("custom."): one["value"]})
    return lines


def wrong_fields(dashboard, folder):
    """What Grafana's types say against a dashboard, one line each."""
    lines = declarations(dashboard)
    path = os.path.join(folder, "dashboard.ts")
    modules = os.path.join(folder, "node_modules")
    if not os.path.exists(modules):
        os.symlink(os.path.join(PACKAGES, "node_modules"), modules)
    with open(path, "w", encoding="utf-8") as file:
        file.write(TYPES + "".join(line + "\n" for _, line in lines) + "export {};\n")
    done = subprocess.run(
        [os.path.join(modules, ".bin/tsc"), "--noEmit", "--strict", "--skipLibCheck", "--pretty",
         "false", "--target", "es2022", "--module", "nodenext", "--moduleResolution", "nodenext",
         path], text=True, stdout=subprocess.PIPE, check=False)
    first = TYPES.count("\n") + 1
    out = []
    for line, message in re.findall(r"\((\d+),\d+\): error \w+: (.*)", done.stdout):
        at = int(line) - first
        out.append(f"{lines[at][0] if at >= 0 else 'types'}: {message[:300]}")
    if done.returncode and not out:
        out.append(done.stdout[:2000])
    return out


def bundle(folder):
    """page.js and page.css, from page.jsx and the packages."""
    if os.path.exists(os.path.join(folder, "page.js")):
        return
    files = ("svg", "png", "ttf", "woff", "woff2", "gif")
    subprocess.run(
        [os.path.join(PACKAGES, "node_modules/.bin/esbuild"),
         os.path.join(HERE, "dashboards/page.jsx"), "--bundle", "--minify", "--log-level=error",
         f"--outfile={folder}/page.js", '--define:process.env.NODE_ENV="production"',
         *(f"--loader:.{ending}=dataurl" for ending in files)], check=True,
        env={**os.environ, "NODE_PATH": os.path.join(PACKAGES, "node_modules")})


def draw(dashboard, answers, begin, end, path):
    """Writes a PNG. answers: panel id -> refId -> the result of Prometheus; begin and end in
    seconds since 1970. Error: AssertionError with what the browser said."""
    folder = os.path.dirname(path)
    bundle(folder)
    bottom = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in dashboard["panels"])
    height = bottom * ROW_PIXELS + HEAD_PIXELS
    page = {"dashboard": dashboard, "answers": answers, "from": begin * 1000, "to": end * 1000,
            "width": WIDTH, "height": height}
    html = os.path.join(folder, "page.html")
    with open(html, "w", encoding="utf-8") as file:
        file.write(
            '<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="page.css">'
            "<style>body { margin: 0 } * { box-sizing: border-box }</style><div id=root></div>"
            "<script>window.grafanaBootData = { settings: { featureToggles: {} }, user: {} };"
            f"window.PAGE = {json.dumps(page).replace('</', '<' + chr(92) + '/')};</script>"
            '<script src="page.js"></script>')
    done = subprocess.run(
        ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
         "--allow-file-access-from-files", f"--user-data-dir={folder}/profile",
         f"--window-size={WIDTH},{height}", "--virtual-time-budget=15000", "--lang=en",
         "--enable-logging=stderr", f"--screenshot={path}", f"file://{html}"],
        text=True, stderr=subprocess.PIPE, timeout=DRAW_SECONDS_MAX, check=False)
    said = re.findall(r'CONSOLE:\d+\] "(.*)', done.stderr)
    drawn = f"drawn: {len(dashboard['panels'])} panels"
    errors = [line for line in said if re.search(r"Error|failed:", line)]
    if errors or not any(line.startswith(drawn) for line in said) or not os.path.exists(path):
        raise AssertionError("\n".join(errors or said or [done.stderr[-2000:]]))
    # A palette of 256 colours: the picture looks the same and has a third of the bytes.
    subprocess.run(["pngquant", "--force", "--strip", "--output", path, "256", path], check=True)
