from types import SimpleNamespace

from odoo.addons.key_account_management.models.receivable.amount_in_words import (
    amount_in_words,
)

from ..common import KamCommon


def money(name, decimals=2):
    return SimpleNamespace(name=name, decimal_places=decimals)


class TestAmountInWords(KamCommon):
    def check(self, lang, name, cases, decimals=2):
        for amount, words in cases.items():
            with self.subTest(amount=amount):
                found = amount_in_words(amount, money(name, decimals), lang)
                self.assertEqual(found, words)

    def test_russian_roubles(self):
        self.check(
            "ru_RU",
            "RUB",
            {
                0: "Ноль рублей 00 копеек",
                1: "Один рубль 00 копеек",
                2: "Два рубля 00 копеек",
                5: "Пять рублей 00 копеек",
                11: "Одиннадцать рублей 00 копеек",
                21: "Двадцать один рубль 00 копеек",
                111: "Сто одиннадцать рублей 00 копеек",
                112: "Сто двенадцать рублей 00 копеек",
                121.05: "Сто двадцать один рубль 05 копеек",
                0.01: "Ноль рублей 01 копейка",
                3.02: "Три рубля 02 копейки",
                3.11: "Три рубля 11 копеек",
                3.21: "Три рубля 21 копейка",
                1000: "Одна тысяча рублей 00 копеек",
                1002001.5: "Один миллион две тысячи один рубль 50 копеек",
                -2.5: "Минус два рубля 50 копеек",
            },
        )

    def test_russian_other_currencies(self):
        self.check("ru_RU", "USD", {22.41: "Двадцать два доллара 41 цент"})
        self.check("ru_RU", "EUR", {5.02: "Пять евро 02 цента"})
        self.check("ru_RU", "CHF", {21.5: "Двадцать один CHF 50/100"})
        self.check("ru_RU", "JPY", {21: "Двадцать один JPY"}, decimals=0)

    def test_english(self):
        self.check(
            "en_US",
            "RUB",
            {
                1: "One rouble 00 kopecks",
                121.05: "One hundred and twenty-one roubles 05 kopecks",
                2.01: "Two roubles 01 kopeck",
                -0.001: "Zero roubles 00 kopecks",
            },
        )
        self.check("en_GB", "USD", {1.5: "One dollar 50 cents"})
        self.check("en_GB", "EUR", {5: "Five euros 00 cents"})
        self.check("en_GB", "KWD", {5.25: "Five KWD 250/1000"}, decimals=3)

    def test_another_language_gets_english(self):
        self.check("de_DE", "EUR", {2: "Two euros 00 cents"})
        self.check(False, "EUR", {2: "Two euros 00 cents"})

    def test_real_currency(self):
        euro = self.env.ref("base.EUR")
        self.assertEqual(amount_in_words(7.1, euro, "ru_RU"), "Семь евро 10 центов")
