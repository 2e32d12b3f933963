-- Nobody looks for old objects any more, and none is forgotten.
drop index webhook_object_by_age;
revoke delete on webhook_object from :"service";
