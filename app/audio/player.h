// SPDX-License-Identifier: MIT
#pragma once

#include "app/audio/player_session.h"
#include "app/base/gui_inbox.h"

#include <QObject>
#include <QString>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace phial::audio {

/// Playback for a window: PlayerSession on a thread of its own. Lives in the GUI thread; all
/// functions return at once, are carried out in order, and every signal is emitted in the GUI
/// thread through the event loop.
class Player : public QObject {
    Q_OBJECT

public:
    using MakeOutput = std::function<std::unique_ptr<AudioOutput>()>;

    /// `makeOutput` is called, and its result used and destroyed, on the player's thread, when
    /// something is first played.
    explicit Player(MakeOutput makeOutput, QObject* parent = nullptr);
    ~Player() override;

    void setSound(PlayerSession::OpenSound open);
    void play();
    void pause();
    void seek(double seconds);
    void setSpeed(double speed);
    void setLoop(std::optional<Stretch> loop);

Q_SIGNALS:
    /// On every change, and about 25 times a second while it plays.
    void positionChanged(double seconds, phial::audio::PlayerState state);
    void failed(const QString& sentence);

private:
    using Command = std::function<std::optional<std::string>(PlayerSession&)>;

    void post(Command command);
    void run(const std::stop_token& stop);
    void tell(double seconds, PlayerState state);

    app::GuiInbox m_inbox;
    MakeOutput m_makeOutput;
    std::mutex m_mutex;
    std::condition_variable_any m_wake;
    std::vector<Command> m_commands;                      ///< guarded by m_mutex
    std::optional<std::pair<double, PlayerState>> m_told; ///< guarded by m_mutex
    std::jthread m_thread; ///< last member: joined before anything it uses dies
};

} // namespace phial::audio
