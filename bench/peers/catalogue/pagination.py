from rest_framework.pagination import CursorPagination


class NewestFirst(CursorPagination):
    ordering = "-added_on"
