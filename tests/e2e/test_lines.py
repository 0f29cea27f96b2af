"""When the line is bad: sockets blocked, cut, the network gone. The page says so, polls, and catches up."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.conftest import Opener
from tests.e2e.house import House
from tests.e2e.screen import Screen

SOCKET_LINES = ("WebSocket connection to", "ERR_INTERNET_DISCONNECTED", "Failed to fetch", "htmx:error")
POLL_MS = 13_000


def blocked(open_screen: Opener, who: str) -> Screen:
    """A browser behind a network that lets no socket through."""
    screen = open_screen(expected=SOCKET_LINES)
    screen.context.route_web_socket("**/ws/**", lambda socket: socket.close())
    screen.sign_in(who)
    return screen


def test_without_sockets_the_session_goes_on_by_polling(open_screen: Opener, house: House) -> None:
    hers = blocked(open_screen, "performer")
    expect(hers.page.locator("#conn")).to_have_attribute("data-mode", "polling")
    expect(hers.page.get_by_text("Checking every 10 seconds")).to_be_visible()
    hers.at("start-stream").click()
    expect(hers.at("stop-stream")).to_be_visible()
    hers.at("join-queue").click()
    expect(hers.at("queue-position")).to_be_visible()
    house.buy()
    expect(hers.at("queue-row")).to_have_count(1, timeout=POLL_MS)
    hers.at("start-next").click()
    expect(hers.at("performance-timer")).to_be_visible()
    hers.at("finish-performance").click()
    expect(hers.at("performance-timer")).to_have_count(0)


def test_without_sockets_another_device_s_change_is_seen_within_ten_seconds(open_screen: Opener, house: House) -> None:
    hers = blocked(open_screen, "performer")
    expect(hers.page.locator("#conn")).to_have_attribute("data-mode", "polling")
    house.call("performer", "POST", "model/stream/start", {})
    expect(hers.at("stop-stream")).to_be_visible(timeout=POLL_MS)


def test_a_dead_socket_server_is_noticed_and_found_again(open_screen: Opener, house: House) -> None:
    hers = open_screen("performer", expected=SOCKET_LINES)
    hers.live()
    greetings = len([frame for frame in hers.frames if frame["event"] == "hello"])
    house.kill_sockets()
    expect(hers.page.locator("#conn")).not_to_have_attribute("data-mode", "live")
    house.call("performer", "POST", "model/stream/start", {})
    hers.until(
        lambda: len([frame for frame in hers.frames if frame["event"] == "hello"]) > greetings, "not greeted", 20
    )
    hers.live()
    expect(hers.at("stop-stream")).to_be_visible()


def test_a_lost_network_is_said_and_made_up_for(open_screen: Opener, house: House) -> None:
    hers = open_screen("performer", expected=SOCKET_LINES)
    hers.live()
    hers.context.set_offline(True)
    expect(hers.page.locator("#conn")).to_have_attribute("data-mode", "offline")
    expect(hers.page.get_by_text("You are offline.")).to_be_visible()
    house.call("performer", "POST", "queue/join", {})
    hers.context.set_offline(False)
    hers.live()
    expect(hers.at("queue-position")).to_be_visible()


def test_an_action_without_a_network_charges_nothing_and_can_be_repeated(open_screen: Opener) -> None:
    hers = open_screen("performer", expected=SOCKET_LINES)
    hers.live()
    hers.context.set_offline(True)
    hers.at("start-stream").click()
    retry = hers.page.get_by_role("button", name="Try again")
    expect(retry).to_be_visible()
    expect(hers.at("start-stream")).to_have_text("Start Stream")
    hers.context.set_offline(False)
    hers.live()
    retry.click()
    expect(hers.at("stop-stream")).to_be_visible()


def test_signing_out_elsewhere_leads_every_open_page_to_the_door(open_screen: Opener) -> None:
    hers = open_screen("performer")
    hers.live()
    other = hers.tab()
    hers.go("/queue/", other)
    other.locator("[popovertarget=account]").click()
    hers.at("sign-out", other).click()
    hers.page.wait_for_url("**/login/**", timeout=4_000)


#: What a browser does to the timers of a page that has been hidden for minutes, and more of it.
NO_TIMERS = "window.setInterval = () => 0;"


def pongs(screen: Screen) -> int:
    """How many signs of life the server has answered."""
    return sum(frame["event"] == "pong" for frame in screen.frames)


def test_who_performs_with_her_page_hidden_behind_another_window_is_still_there(open_screen: Opener) -> None:
    hers = open_screen()
    hers.context.add_init_script(NO_TIMERS)
    hers.sign_in("performer")
    hers.live()
    hers.until(lambda: pongs(hers) >= 3, "a hidden page sent no sign of life", 20)


def test_a_hidden_page_without_sockets_goes_on_to_ask(open_screen: Opener) -> None:
    hers = open_screen(expected=SOCKET_LINES)
    hers.context.add_init_script(NO_TIMERS)
    hers.context.route_web_socket("**/ws/**", lambda socket: socket.close())
    hers.sign_in("performer")
    expect(hers.page.locator("#conn")).to_have_attribute("data-mode", "polling")
    with hers.page.expect_request("**/model/presence", timeout=POLL_MS):
        pass


def test_a_viewer_without_sockets_is_there_too(open_screen: Opener) -> None:
    his = open_screen(expected=SOCKET_LINES)
    his.context.route_web_socket("**/ws/**", lambda socket: socket.close())
    with his.page.expect_response("**/model/presence", timeout=POLL_MS) as told:
        his.sign_in("viewer")
        expect(his.page.locator("#conn")).to_have_attribute("data-mode", "polling")
    assert told.value.status == 200
