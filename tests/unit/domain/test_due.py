"""What must happen later: soon at first, ever later where nothing comes of it, and soon again once something did."""

from datetime import timedelta

import pytest

from assetwire.domain.asset import Asset
from assetwire.domain.due import LEASE, LONGEST_LEASE, Due, DueKind
from assetwire.domain.shown import Rendered
from assetwire.domain.transcoding import Claim, Transcoding
from fakes import some
from fakes.some import NOW

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def waking(asset: Asset, times: int) -> list[timedelta]:
    """Wake an asset whenever it is due, and let nothing come of it; return the pauses between."""
    moment, pauses = NOW, []
    for _ in range(times):
        asset = asset.woken(moment)
        assert asset.due is not None
        pauses.append(asset.due.at - moment)
        moment = asset.due.at
    return pauses


class TestLease:
    """Whoever is woken has a quarter of an hour, and twice as long each time that nothing came of it."""

    def test_it_doubles_up_to_a_day(self) -> None:
        due, pauses = Due(kind=DueKind.JOB, at=NOW), []
        for _ in range(12):
            woken = due.woken(due.at)
            pauses.append(woken.at - due.at)
            due = woken
        quarters = [1, 2, 4, 8, 16, 32, 64, 96, 96, 96, 96, 96]
        assert pauses == [LEASE * number for number in quarters]
        assert (due.wakes, LONGEST_LEASE) == (12, DAY)

    def test_a_count_of_years_is_a_day(self) -> None:
        assert Due(kind=DueKind.JOB, at=NOW, wakes=100_000).woken(NOW).at == NOW + DAY


class TestAsset:
    """An asset that fails for good costs one try a day, and is as quick as ever once something came of one."""

    FAILING = some.asset(tidy_at=NOW, due=Due(kind=DueKind.RENDITIONS, at=NOW))

    def test_what_fails_for_good_is_tried_once_a_day(self) -> None:
        pauses = waking(self.FAILING, 10)
        assert pauses[:3] == [LEASE, 2 * LEASE, 4 * LEASE]
        assert pauses[-1] == DAY

    def test_another_change_has_it_tried_at_once_and_forgets_no_failure(self) -> None:
        asset = self.FAILING.woken(NOW).woken(NOW + HOUR).with_asked(delivery="job", now=NOW + HOUR)
        assert asset.due == Due(kind=DueKind.RENDITIONS, at=NOW, wakes=2)

    def test_a_new_moment_counts_from_the_start(self) -> None:
        made = Rendered(version_id=self.FAILING.current_version)
        asset = self.FAILING.woken(NOW).with_rendered(made, tidy_at=NOW + DAY, now=NOW)
        assert asset.due == Due(kind=DueKind.RENDITIONS, at=NOW + DAY)

    def test_of_two_things_that_are_due_each_counts_for_itself(self) -> None:
        asset = some.asset(tidy_at=NOW + DAY, look_at=NOW, due=Due(kind=DueKind.MASTERS, at=NOW)).woken(NOW)
        after = asset.with_life(look_at=None, now=NOW)
        assert after.due == Due(kind=DueKind.RENDITIONS, at=NOW + DAY)

    @pytest.mark.parametrize(("wakes", "pause"), [(0, LEASE), (1, 2 * LEASE), (2, 4 * LEASE), (7, DAY), (40, DAY)])
    def test_a_run_that_claims_and_never_ends_is_waited_for_longer_each_time(
        self, wakes: int, pause: timedelta
    ) -> None:
        asset = some.asset(transcode_at=NOW, due=Due(kind=DueKind.TRANSCODES, at=NOW, wakes=wakes)).woken(NOW)
        claim = Claim(run="one", until=NOW + LEASE + LEASE / 15)
        state = Transcoding(version_id=asset.current_version, claim=claim)
        claimed = asset.with_transcoding(transcoding=state, transcode_at=claim.until, now=NOW)
        expected = Due(kind=DueKind.TRANSCODES, at=max(claim.until, NOW + pause), wakes=wakes + 1)
        assert claimed.due == expected
        assert claimed.with_asked(delivery="job", now=NOW).due == expected

    def test_the_first_claim_ends_when_it_says(self) -> None:
        claim = Claim(run="one", until=NOW + LEASE)
        state = Transcoding(version_id=some.asset().current_version, claim=claim)
        asset = some.asset().with_transcoding(transcoding=state, transcode_at=claim.until, now=NOW)
        assert asset.due == Due(kind=DueKind.TRANSCODES, at=claim.until)

    def test_a_run_that_ends_lets_the_next_be_quick(self) -> None:
        due = Due(kind=DueKind.TRANSCODES, at=NOW, wakes=9)
        claim = Claim(run="one", until=NOW + LEASE)
        state = Transcoding(version_id=some.asset().current_version, claim=claim)
        asset = some.asset(transcode_at=claim.until, transcoding=state, due=due)
        ended = asset.with_transcoding(transcoding=state.claimed(None), transcode_at=NOW + HOUR, now=NOW)
        assert ended.due == Due(kind=DueKind.TRANSCODES, at=NOW + HOUR)
