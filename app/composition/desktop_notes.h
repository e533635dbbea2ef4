// SPDX-License-Identifier: MIT
#pragma once

#include <QDBusConnection>
#include <QHash>
#include <QObject>
#include <QSet>
#include <QString>

#include <functional>
#include <optional>

namespace phial::app {

/// Notifications of the desktop (org.freedesktop.Notifications). Never waits for who shows them;
/// without a bus, or without anybody there who shows them, nothing happens. GUI thread.
class DesktopNotes : public QObject {
    Q_OBJECT

public:
    using Bus = std::function<QDBusConnection()>;

    /// `bus`: asked for when there is something to show; unset = nothing is ever shown.
    explicit DesktopNotes(Bus bus, QObject* parent = nullptr);

    /// In place of the one with the same key. `title` may hold any text; `text` is ours, since
    /// some desktops read it as markup.
    void show(const QString& key, const QString& title, const QString& text);

    /// Takes all of them from the screen and from the list of the desktop.
    void withdrawAll();

Q_SIGNALS:
    void activated(const QString& key); ///< it was clicked

private Q_SLOTS:
    void onAction(quint32 id, const QString& action);
    void onClosed(quint32 id, quint32 reason);

private:
    const QDBusConnection* bus();
    void close(quint32 id);

    Bus m_makeBus;
    std::optional<QDBusConnection> m_bus;

    struct Note {
        QString title;
        QString text;
    };

    QHash<QString, quint32> m_shown; ///< by key
    QSet<QString> m_underway;        ///< keys whose number has not come back yet
    QHash<QString, Note> m_next;     ///< what takes their place then; the last one counts
    int m_withdrawn = 0;             ///< how often; what arrives late belongs to the time before
};

} // namespace phial::app
