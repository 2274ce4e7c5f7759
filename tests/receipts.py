"""What an act that gets a receipt says to whoever did it, on the page after it."""


def assert_receipt(page: str, folio: str) -> None:
    start = page.index('id="receipt"')
    receipt = page[start : page.index("</section>", start)]
    assert f'data-copied="Copied">{folio}</strong>' in receipt
    assert f"?folio={folio}" in receipt
    assert ">Back to My work</a>" in receipt
