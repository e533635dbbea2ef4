// SPDX-License-Identifier: MIT
#include "app/composition/desktop_notes.h"

#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QVariantMap>

#include <utility>

namespace phial::app {
namespace {

constexpr const char* kService = "org.freedesktop.Notifications";
constexpr const char* kPath = "/org/freedesktop/Notifications";
constexpr int kAnswerMs = 5000;

QString latin(const char* text) {
    return QString::fromLatin1(text);
}

QDBusMessage callOf(const char* method) {
    return QDBusMessage::createMethodCall(latin(kService), latin(kPath), latin(kService),
                                          latin(method));
}

} // namespace

DesktopNotes::DesktopNotes(Bus bus, QObject* parent)
    : QObject(parent)
    , m_makeBus(std::move(bus)) {}

const QDBusConnection* DesktopNotes::bus() {
    if (!m_bus) {
        if (!m_makeBus) {
            return nullptr;
        }
        m_bus = m_makeBus();
        const auto listen = [this](const char* signal, const char* slot) {
            m_bus->connect(latin(kService), latin(kPath), latin(kService), latin(signal), this,
                           slot);
        };
        listen("ActionInvoked", SLOT(onAction(quint32, QString)));
        listen("NotificationClosed", SLOT(onClosed(quint32, quint32)));
    }
    return m_bus->isConnected() ? &*m_bus : nullptr;
}

void DesktopNotes::show(const QString& key, const QString& title, const QString& text) {
    const QDBusConnection* connection = bus();
    if (connection == nullptr) {
        return;
    }
    if (m_underway.contains(key)) { // its number, which it is replaced by, is not known yet
        m_next.insert(key, {title, text});
        return;
    }
    m_underway.insert(key);
    QDBusMessage call = callOf("Notify");
    call << QStringLiteral("Phial") << m_shown.value(key, 0U) << QStringLiteral("org.phial.Phial")
         << title << text << QStringList{QStringLiteral("default"), tr("Open")}
         << QVariantMap{{QStringLiteral("desktop-entry"), QStringLiteral("org.phial.Phial")}} << -1;
    auto* watcher = new QDBusPendingCallWatcher(connection->asyncCall(call, kAnswerMs), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this,
            [this, watcher, key, withdrawn = m_withdrawn] {
                watcher->deleteLater();
                m_underway.remove(key);
                const std::optional<Note> next =
                    m_next.contains(key) ? std::optional(m_next.take(key)) : std::nullopt;
                const QDBusPendingReply<quint32> reply = *watcher;
                if (!reply.isValid()) {
                    return; // nobody shows notifications here; the window tells the same
                }
                if (withdrawn != m_withdrawn) {
                    close(reply.value());
                } else {
                    m_shown.insert(key, reply.value());
                }
                if (next) {
                    show(key, next->title, next->text);
                }
            });
}

void DesktopNotes::withdrawAll() {
    ++m_withdrawn;
    m_next.clear();
    const QHash<QString, quint32> shown = std::exchange(m_shown, {});
    for (const quint32 id : shown) {
        close(id);
    }
}

void DesktopNotes::close(quint32 id) {
    if (const QDBusConnection* connection = bus()) {
        QDBusMessage call = callOf("CloseNotification");
        call << id;
        connection->asyncCall(call, kAnswerMs);
    }
}

void DesktopNotes::onAction(quint32 id, const QString& /*action*/) {
    const QString key = m_shown.key(id);
    if (!key.isEmpty()) { // else it belongs to another program
        Q_EMIT activated(key);
    }
}

void DesktopNotes::onClosed(quint32 id, quint32 /*reason*/) {
    m_shown.remove(m_shown.key(id));
}

} // namespace phial::app
