from rest_framework import serializers

from apps.audit.models import AuditEvent


class AuditEventSerializer(serializers.ModelSerializer):
    class Meta:
        model = AuditEvent
        fields = [
            "id",
            "action",
            "actor",
            "subject",
            "details",
            "address",
            "user_agent",
            "created_at",
        ]
        read_only_fields = fields
