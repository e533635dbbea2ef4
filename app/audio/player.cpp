// SPDX-License-Identifier: MIT
#include "app/audio/player.h"

#include <chrono>
#include <utility>

namespace phial::audio {
namespace {

constexpr std::chrono::milliseconds kStep{40};

/// Looks for loudspeakers when something is first played, not when a meeting is opened.
class LazyOutput final : public AudioOutput {
public:
    explicit LazyOutput(const Player::MakeOutput& make)
        : m_make(make) {}

    int nativeRateHz() override { return output().nativeRateHz(); }

    OutputResult open(int rateHz, FrameFiller& filler) override {
        return output().open(rateHz, filler);
    }

private:
    AudioOutput& output() {
        if (m_output == nullptr) {
            m_output = m_make();
        }
        return *m_output;
    }

    const Player::MakeOutput& m_make;
    std::unique_ptr<AudioOutput> m_output;
};

} // namespace

Player::Player(MakeOutput makeOutput, QObject* parent)
    : QObject(parent)
    , m_makeOutput(std::move(makeOutput))
    , m_thread([this](const std::stop_token& stop) { run(stop); }) {}

Player::~Player() {
    m_thread.request_stop();
}

void Player::post(Command command) {
    {
        const std::scoped_lock lock(m_mutex);
        m_commands.push_back(std::move(command));
    }
    m_wake.notify_one();
}

void Player::setSound(PlayerSession::OpenSound open) {
    post([open = std::move(open)](PlayerSession& session) -> std::optional<std::string> {
        session.setSound(open);
        return std::nullopt;
    });
}

void Player::play() {
    post([](PlayerSession& session) { return session.play(); });
}

void Player::pause() {
    post([](PlayerSession& session) -> std::optional<std::string> {
        session.pause();
        return std::nullopt;
    });
}

void Player::seek(double seconds) {
    post([seconds](PlayerSession& session) { return session.seek(seconds); });
}

void Player::setSpeed(double speed) {
    post([speed](PlayerSession& session) { return session.setSpeed(speed); });
}

void Player::setLoop(std::optional<Stretch> loop) {
    post([loop](PlayerSession& session) { return session.setLoop(loop); });
}

/// Readings are merged while the event loop is busy.
void Player::tell(double seconds, PlayerState state) {
    const std::scoped_lock lock(m_mutex);
    const bool posted = m_told.has_value();
    m_told.emplace(seconds, state);
    if (!posted) {
        m_inbox.post([this] {
            std::optional<std::pair<double, PlayerState>> told;
            {
                const std::scoped_lock held(m_mutex);
                told.swap(m_told);
            }
            if (told) {
                Q_EMIT positionChanged(told->first, told->second);
            }
        });
    }
}

void Player::run(const std::stop_token& stop) {
    LazyOutput output(m_makeOutput);
    PlayerSession session(output);
    while (!stop.stop_requested()) {
        std::vector<Command> commands;
        {
            std::unique_lock lock(m_mutex);
            const auto some = [this] { return !m_commands.empty(); };
            if (session.state() == PlayerState::Playing) {
                m_wake.wait_for(lock, stop, kStep, some);
            } else {
                m_wake.wait(lock, stop, some);
            }
            commands.swap(m_commands);
        }
        if (stop.stop_requested()) {
            return;
        }
        const bool was = session.state() == PlayerState::Playing;
        std::optional<std::string> problem;
        for (const Command& command : commands) {
            if (const std::optional<std::string> sentence = command(session)) {
                problem = sentence;
            }
        }
        if (const std::optional<std::string> sentence = session.step()) {
            problem = sentence;
        }
        if (problem) {
            m_inbox.post([this, text = QString::fromStdString(*problem)] { Q_EMIT failed(text); });
        }
        if (was || !commands.empty() || session.state() == PlayerState::Playing) {
            tell(session.seconds(), session.state());
        }
    }
}

} // namespace phial::audio
