// SPDX-License-Identifier: MIT
#pragma once

#include <QDBusConnection>
#include <QObject>
#include <QStringList>
#include <QVariantMap>

#include <filesystem>

namespace phial::app {

/// One window for a data folder, so that no two programs write the same meetings: a second start
/// gives its files to the first and ends. Through the session bus (org.freedesktop.Application);
/// without one every start has a window of its own. GUI thread.
class OneWindow : public QObject {
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.Application")

public:
    OneWindow(const QDBusConnection& bus, const std::filesystem::path& dataDirectory,
              QObject* parent = nullptr);

    /// False when another program has the window and has taken `files`, which may be none. One that
    /// does not answer is no reason not to have a window.
    bool claim(const QStringList& files);

public Q_SLOTS:
    // Names of the protocol.
    Q_SCRIPTABLE void Activate(const QVariantMap& platform); // NOLINT(*-identifier-naming)
    Q_SCRIPTABLE void Open(const QStringList& uris,          // NOLINT(*-identifier-naming)
                           const QVariantMap& platform);

Q_SIGNALS:
    /// Another start wants the window in front, with these files.
    void asked(const QStringList& files);

private:
    QDBusConnection m_bus;
    QString m_name;
};

} // namespace phial::app
