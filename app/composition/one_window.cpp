// SPDX-License-Identifier: MIT
#include "app/composition/one_window.h"

#include <QCryptographicHash>
#include <QDBusConnectionInterface>
#include <QDBusMessage>
#include <QDBusReply>
#include <QUrl>

#include <system_error>

namespace phial::app {
namespace {

constexpr int kAnswerMs = 3000;
constexpr qsizetype kLettersOfName = 16;

QString path() {
    return QStringLiteral("/org/phial/Phial");
}

/// The same for every way to write a folder.
QString nameFor(const std::filesystem::path& dataDirectory) {
    std::error_code ignored;
    const auto whole = std::filesystem::weakly_canonical(dataDirectory, ignored);
    const QByteArray hash = QCryptographicHash::hash(
        QByteArray::fromStdString((ignored ? dataDirectory : whole).string()),
        QCryptographicHash::Sha256);
    return QStringLiteral("org.phial.Phial.Of") +
           QString::fromLatin1(hash.toHex().left(kLettersOfName));
}

} // namespace

OneWindow::OneWindow(const QDBusConnection& bus, const std::filesystem::path& dataDirectory,
                     QObject* parent)
    : QObject(parent)
    , m_bus(bus)
    , m_name(nameFor(dataDirectory)) {}

bool OneWindow::claim(const QStringList& files) {
    if (!m_bus.isConnected()) {
        return true;
    }
    m_bus.registerObject(path(), this, QDBusConnection::ExportScriptableSlots);
    const QDBusReply<QDBusConnectionInterface::RegisterServiceReply> reply =
        m_bus.interface()->registerService(m_name, QDBusConnectionInterface::DontQueueService,
                                           QDBusConnectionInterface::DontAllowReplacement);
    if (!reply.isValid() || reply.value() == QDBusConnectionInterface::ServiceRegistered) {
        return true;
    }
    QStringList uris;
    for (const QString& file : files) {
        uris.append(QUrl::fromLocalFile(file).toString(QUrl::FullyEncoded));
    }
    QDBusMessage call = QDBusMessage::createMethodCall(
        m_name, path(), QStringLiteral("org.freedesktop.Application"),
        files.isEmpty() ? QStringLiteral("Activate") : QStringLiteral("Open"));
    if (!files.isEmpty()) {
        call << uris;
    }
    call << QVariantMap();
    const QDBusMessage answer = m_bus.call(call, QDBus::BlockWithGui, kAnswerMs);
    return answer.type() != QDBusMessage::ReplyMessage;
}

void OneWindow::Activate(const QVariantMap& /*platform*/) {
    Q_EMIT asked({});
}

void OneWindow::Open(const QStringList& uris, const QVariantMap& /*platform*/) {
    QStringList files;
    for (const QString& uri : uris) {
        if (const QUrl url(uri); url.isLocalFile()) {
            files.append(url.toLocalFile());
        }
    }
    Q_EMIT asked(files);
}

} // namespace phial::app
