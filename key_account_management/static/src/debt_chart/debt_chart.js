import { loadBundle } from "@web/core/assets";
import { cookie } from "@web/core/browser/cookie";
import { getCustomColor } from "@web/core/colors/colors";
import { formatDate, deserializeDate } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { formatMonetary } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component, onWillStart, useEffect, useRef } from "@odoo/owl";

const colorScheme = cookie.get("color_scheme");
const GRID = getCustomColor(colorScheme, "#e7e9ed", "#3C3E4B");
const TEXT = getCustomColor(colorScheme, "#374151", "#E4E4E4");
const LINES = {
    limit: { borderColor: "#6c757d", borderDash: [6, 4] },
    receivable: { borderColor: "#017e84" },
    overdue: { borderColor: "#d23f3a", backgroundColor: "#d23f3a33", fill: "origin" },
};

/** Limit, receivables and overdue debt of a credit line, day by day. */
export class DebtChart extends Component {
    static template = "key_account_management.DebtChart";
    static props = { ...standardFieldProps };

    setup() {
        this.canvasRef = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            (chart) => {
                if (!chart || !this.canvasRef.el) {
                    return;
                }
                const drawn = new Chart(this.canvasRef.el, this.getConfig(chart));
                return () => drawn.destroy();
            },
            () => [this.chart]
        );
    }

    get chart() {
        return this.props.record.data[this.props.name];
    }

    /** What the picture shows, for those who do not see it. */
    get label() {
        const last = (figure) => this.format(figure.values.at(-1));
        return this.chart.figures
            .map((figure) => `${figure.label} ${last(figure)}`)
            .join(", ");
    }

    format(value) {
        const currencyId = this.chart.currency_id;
        return formatMonetary(value, { currencyId, digits: [16, 0] });
    }

    getConfig(chart) {
        const days = chart.days.map((day) => formatDate(deserializeDate(day)));
        return {
            type: "line",
            data: {
                labels: days,
                datasets: chart.figures.map((figure) => ({
                    label: figure.label,
                    data: figure.values,
                    stepped: true,
                    borderWidth: 2,
                    pointRadius: 0,
                    ...LINES[figure.name],
                })),
            },
            options: {
                animation: false,
                maintainAspectRatio: false,
                interaction: { mode: "index", intersect: false },
                plugins: {
                    legend: {
                        position: "bottom",
                        labels: { boxHeight: 2, boxWidth: 16, color: TEXT },
                    },
                    tooltip: {
                        callbacks: {
                            label: (item) =>
                                `${item.dataset.label}: ${this.format(item.raw)}`,
                        },
                    },
                },
                scales: {
                    x: {
                        grid: { display: false },
                        ticks: { color: TEXT, maxTicksLimit: 6, maxRotation: 0 },
                    },
                    y: {
                        beginAtZero: true,
                        border: { display: false },
                        grid: { color: GRID },
                        ticks: {
                            color: TEXT,
                            maxTicksLimit: 5,
                            callback: (value) => this.format(value),
                        },
                    },
                },
            },
        };
    }
}

registry.category("fields").add("kam_debt_chart", {
    component: DebtChart,
    supportedTypes: ["jsonb", "json"],
});
