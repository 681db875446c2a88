import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");
const line = ".o_kam_reconciliation .o_kam_line";

function checkWidth() {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth || this.anchor.getBoundingClientRect().right > clientWidth) {
        console.error("The statement is wider than the screen");
    }
}

tours.add("kam_portal_answers", {
    steps: () => [
        {
            content: "Only the statement of his company is listed",
            trigger: "table:not(:has(tr:nth-of-type(2) td)) a[href*='/my/reconciliations/']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Another sum is in our books",
            trigger: `${line} select`,
            run: "select other_amount",
        },
        {
            trigger: `${line} input[name^=amount_]`,
            run: "edit 90,50",
        },
        {
            trigger: `${line} input[name^=note_]`,
            run: "edit Discount agreed",
        },
        {
            content: "Everything fits the screen, the answer as well",
            trigger: `${line} input[name^=note_]`,
            run: checkWidth,
        },
        {
            content: "Send the differences",
            trigger: "button[name=decision][value=disagree]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".alert-success",
        },
        {
            content: "We have talked: the sum is right after all",
            trigger: `${line} select`,
            run: "select agreed",
        },
        {
            trigger: "button[name=decision][value=agree]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Signed: nothing is left to answer",
            trigger: ".o_kam_reconciliation:not(:has(button[name=decision])):contains('Vera Ledger')",
        },
    ],
});

tours.add("kam_portal_is_refused", {
    steps: () => [
        {
            content: "The statement of another company leads back home",
            trigger: ".o_portal_my_home, .o_portal_docs",
            run() {
                if (document.querySelector(".o_kam_reconciliation")) {
                    console.error("The statement of another company is shown");
                }
            },
        },
    ],
});
