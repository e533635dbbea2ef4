// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/model_view.h"

#include <QFrame>

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace phial::ui {

class NeedRows;
class Theme;

/// Plan, target and cost of a package that is to be made from a checkpoint.
class QuantizePanel : public QFrame {
    Q_OBJECT

public:
    QuantizePanel(const Theme& theme, QWidget* parent);

    /// `checkpoint` has plans; `models` says on what device and where packages are offered.
    void setCheckpoint(const ModelView& checkpoint, const ModelsView& models);
    void setTarget(const TargetView& target);

    enum class Others { None, Busy };
    void setOthers(Others others); ///< other work goes on; only one does

Q_SIGNALS:
    void targetChanged(const QString& folder);
    void quantizeRequested(const QString& plan, const QString& folder);

private:
    void offerTarget();
    void chooseTarget();
    void refresh();
    const PlanView* plan() const;

    ModelView m_checkpoint;
    QString m_device;
    qint64 m_deviceFree = -1;
    QString m_parent; ///< folder in which the package is offered to be made
    TargetView m_known;
    Others m_others = Others::None;
    QComboBox* m_plans;
    QLabel* m_purpose;
    QLineEdit* m_target;
    QLabel* m_disk;
    NeedRows* m_needs;
    QPushButton* m_go;
    QLabel* m_wait;
};

} // namespace phial::ui
