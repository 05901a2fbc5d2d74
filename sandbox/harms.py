"""What this customer suffered, in words that staff write to them."""

from sandbox.scene import Scene

HARMS = {
    "price": ("구매 금액", "the price"),
    "shipping": ("배송비", "the shipping"),
    "time": ("기다리신 시간", "the time you lost"),
    "trouble": ("겪으신 불편", "your trouble"),
    "consequential": ("그로 인한 손해", "the loss that followed"),
}
"""What a harm is called to the customer who suffered it."""


def harms_of(scene: Scene) -> str:
    """Name what this customer suffered: a result that fits any case is none."""
    kinds = dict.fromkeys(line.harm for line in scene.view.harm_lines)
    return ", ".join(scene.say(*HARMS[kind]) for kind in kinds) or scene.say(*HARMS["trouble"])
