"""The addresses of money, under `money/` of a program."""

from django.urls import path

from agreements.views.money import differences, files, overview, payments, premium, purchases

ADDRESSES = [
    path("", overview.overview, name="money"),
    path("settle/", premium.settle, name="settle_money"),
    path("tiers/", overview.tiers, name="tiers"),
    path("purchases/", purchases.purchases, name="purchases"),
    path("purchases/report/", purchases.report, name="report_purchase"),
    path("purchases/send/", files.send, name="send_purchases"),
    path("purchases/files/", files.files, name="purchase_files"),
    path("purchases/files/<uuid:file_id>/", files.file, name="purchase_file"),
    path("purchases/files/<uuid:file_id>/errors.csv", files.errors, name="purchase_file_errors"),
    path("purchases/files/<uuid:file_id>/<slug:what>/", files.act, name="act_on_purchase_file"),
    path("purchases/<uuid:purchase_id>/", purchases.purchase, name="purchase"),
    path("purchases/<uuid:purchase_id>/correct/", purchases.correct, name="correct_purchase"),
    path("purchases/<uuid:purchase_id>/withdraw/", purchases.withdraw, name="withdraw_purchase"),
    path("premium/", premium.premium, name="premium"),
    path("invoices/", premium.invoices, name="invoices"),
    path("invoices/fee/", premium.issue_fee, name="issue_fee"),
    path(
        "invoices/issue/<uuid:brand_id>/<uuid:supplier_id>/<slug:currency>/",
        premium.issue,
        name="issue_invoice",
    ),
    path("invoices/<uuid:invoice_id>/", premium.invoice, name="invoice"),
    path("invoices/<uuid:invoice_id>/invoice.pdf", premium.invoice_pdf, name="invoice_pdf"),
    path("invoices/<uuid:invoice_id>/pay/", payments.claim, name="claim_payment"),
    path("payments/", payments.payments_list, name="payments"),
    path("payments/<uuid:payment_id>/", payments.payment, name="payment"),
    path("payments/<uuid:payment_id>/<slug:what>/", payments.answer_payment, name="answer_payment"),
    path("escrow/", payments.escrow_list, name="escrow"),
    path("escrow/<uuid:account_id>/release/", payments.release, name="release_escrow"),
    path("payroll/", payments.payroll_list, name="payroll"),
    path("payroll/report/", payments.report_payroll, name="report_payroll"),
    path("payroll/<uuid:report_id>/", payments.payroll_report, name="payroll_report"),
    path("payroll/<uuid:report_id>/proof/", payments.payroll_proof, name="payroll_proof"),
    path("payroll/<uuid:report_id>/correct/", payments.report_payroll, name="correct_payroll"),
    path("differences/", differences.differences, name="differences"),
    path("differences/<uuid:difference_id>/", differences.difference, name="difference"),
    path("differences/<uuid:difference_id>/explain/", differences.explain, name="explain_difference"),
    path("differences/<uuid:difference_id>/disclose/", differences.disclose, name="disclose_difference"),
    path(
        "differences/<uuid:difference_id>/decide/<slug:what>/", differences.decide, name="decide_difference"
    ),
    path("support/", differences.supports, name="supports"),
    path("support/record/", differences.record_support, name="record_support"),
    path("support/<uuid:support_id>/", differences.support, name="support"),
    path("support/<uuid:support_id>/confirm/", differences.confirm_support, name="confirm_support"),
]
