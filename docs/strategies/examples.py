"""Strategies to begin from. Each is asked once a quarter for the shares that its state wants."""


class Keeps:
    """Wants what it had in the base year, whatever happens."""

    def choose(self, situation):
        return {"security": situation.base["security"], "economic": situation.base["economic"]}


class Careful:
    """Takes from each partner in proportion to how much it is feared."""

    def choose(self, situation):
        def wary(shares):
            return {who: share * (1 - situation.threat[who]) for who, share in shares.items()}

        return {domain: wary(situation.base[domain]) for domain in ("security", "economic")}


class Evenly:
    """Wants the three powers to hold alike, and keeps all others as they were."""

    def choose(self, situation):
        def even(shares):
            third = sum(shares[power] for power in situation.powers) / 3
            return {**shares, **dict.fromkeys(situation.powers, third)}

        return {domain: even(situation.base[domain]) for domain in ("security", "economic")}


class GivesIn:
    """Turns to whoever presses hardest; without pressure it lets the rules choose."""

    def choose(self, situation):
        strongest = max(situation.powers, key=lambda power: situation.pressure[power])
        if situation.pressure[strongest] < 0.05:
            return {}
        wanted = dict(situation.ties["security"])
        wanted[strongest] += 0.1
        return {"security": wanted}
