"""Build the asset bundles once, so that no page and no browser test waits for them."""


def main(env):
    env["ir.qweb"]._pregenerate_assets_bundles()
